/// A timeline as bytes, for a file, a bug report or a golden log:
///
///     size  name        meaning
///     4     magic       "SELT"
///     2     format      1
///     8     length      of everything, header and checksum included
///     …     world       machine version (4), name as text, version (8), fingerprint (8)
///     …     beginning   tick (8), then 0 and seed, messages per instant, zero-delay depth (8 each), or 1 and a
///                       snapshot behind its length; digest (16)
///     …     ticks       count (4), then time (8), digest (16), count of deliveries (4), deliveries
///     …     delivery    time (8), sequence (8), place (4), then 0, author, key, author sequence (8 each), bytes behind
///                       their length, or 1 and a presence
///     …     keyframes   count (4), then tick (8) and a snapshot behind its length; ticks ascend
///     16    checksum    of all bytes before: finds accidents, not attackers
extension Timeline {
  /// The recording as bytes, with all keyframes or without: with them other processes can name the fields in which they
  /// differ, without them it is small. O(recording + keyframes · state).
  public func exported(keyframes withKeyframes: Bool = true) -> [UInt8] {
    var body = ByteSink(reserving: 4_096)
    body.uint32(Machine<W>.machineVersion)
    body.text(W.name)
    body.int(W.version)
    body.uint64(Machine<W>.schemaFingerprint)
    body.uint64(UInt64(firstTick))
    switch beginning {
    case .founding(let seed, let limits):
      body.uint8(0)
      body.uint64(seed)
      body.uint64(limits.messagesPerInstant)
      body.uint64(UInt64(limits.zeroDelayDepth))
    case .moment:
      body.uint8(1)
      body.data(keyframes[0].moment.snapshot())
    }
    body.raw(firstDigest.bytes)
    body.count(recorded.count)
    for tick in recorded {
      tick.time.write(to: &body)
      body.raw(tick.digest.bytes)
      body.count(tick.deliveries.count)
      for delivery in tick.deliveries { delivery.write(to: &body) }
    }
    let exported = withKeyframes ? keyframes[1...] : []
    body.count(exported.count)
    for keyframe in exported {
      body.uint64(UInt64(keyframe.tick))
      body.data(keyframe.moment.snapshot())
    }
    return TimelineSeal.sealed(body.bytes)
  }

  /// The timeline whose bytes these are. They may be hostile: they are refused, never trapped on, and nothing of them
  /// is run here. Whoever seeks in it runs what it says, on a world of its own. O(bytes).
  public init(imported bytes: [UInt8]) throws(TimelineError) {
    var reader = ReplicaReader(bytes, in: try TimelineSeal.unsealed(bytes))
    do {
      self = try Timeline(from: &reader)
      try reader.finish()
    } catch let error as TimelineError {
      throw error
    } catch let error as SnapshotError {
      throw .unreadable(error)
    } catch {
      throw .invalid("length")
    }
  }

  private init(from reader: inout ReplicaReader) throws {
    let machineVersion = try reader.uint32()
    guard machineVersion == Machine<W>.machineVersion else {
      throw TimelineError.unknownFormat(UInt16(truncatingIfNeeded: machineVersion))
    }
    let name = try reader.text(limit: 1_024)
    guard name == W.name else { throw TimelineError.wrongWorld(name) }
    let version = try reader.int()
    let fingerprint = try reader.uint64()
    guard version == W.version, fingerprint == Machine<W>.schemaFingerprint else {
      throw TimelineError.wrongVersion(version)
    }
    let firstTick = try reader.uint64()
    guard firstTick < 1 << 48 else { throw TimelineError.invalid("tick") }
    let (beginning, first) = try Self.beginning(from: &reader)
    let firstDigest = try Self.digest(from: &reader)
    let recorded = try Self.ticks(from: &reader, after: first.now)
    let start = Keyframe(tick: Int(firstTick), moment: first)
    let keyframes = try Self.keyframes(from: &reader, after: start, recorded)
    self.init(
      beginning: beginning, firstTick: Int(firstTick), firstDigest: firstDigest, recorded: recorded,
      keyframes: keyframes)
  }

  private static func beginning(from reader: inout ReplicaReader) throws -> (Beginning, Frozen<W>) {
    switch try reader.uint8() {
    case 0:
      let seed = try reader.uint64()
      let messagesPerInstant = try reader.uint64()
      guard let depth = UInt32(exactly: try reader.uint64()) else { throw TimelineError.invalid("limits") }
      let limits = MachineLimits(messagesPerInstant: messagesPerInstant, zeroDelayDepth: depth)
      return (.founding(seed: seed, limits: limits), Machine<W>(seed: seed, limits: limits).frozen())
    case 1: return (.moment, try moment(from: &reader))
    default: throw TimelineError.invalid("beginning")
    }
  }

  private static func moment(from reader: inout ReplicaReader) throws -> Frozen<W> {
    let moment = try Machine<W>(snapshot: try reader.data()).frozen()
    guard !moment.holdsExternals else { throw TimelineError.invalid("keyframe") }
    return moment
  }

  private static func digest(from reader: inout ReplicaReader) throws -> Digest {
    guard let digest = Digest(bytes: try reader.raw(16)) else { throw TimelineError.invalid("digest") }
    return digest
  }

  /// Times ascend, nothing comes before its tick, and no two deliveries have one place: a machine relies on all that.
  private static func ticks(from reader: inout ReplicaReader, after start: VirtualTime) throws -> [RecordedTick] {
    var ticks: [RecordedTick] = []
    var places: Set<[UInt64]> = []
    var last = start
    for _ in 0..<(try reader.count(elementSize: 28)) {
      let time = try VirtualTime(from: &reader)
      guard time >= last else { throw TimelineError.invalid("time of a tick") }
      let digest = try digest(from: &reader)
      var deliveries: [Delivery] = []
      for _ in 0..<(try reader.count(elementSize: 30)) {
        let delivery = try Delivery(from: &reader)
        let place = [UInt64(bitPattern: delivery.time.nanoseconds), delivery.sequence, UInt64(delivery.place)]
        guard delivery.time >= last, places.insert(place).inserted else { throw TimelineError.invalid("delivery") }
        deliveries.append(delivery)
      }
      ticks.append(RecordedTick(deliveries: deliveries, time: time, digest: digest))
      last = time
    }
    return ticks
  }

  private static func keyframes(
    from reader: inout ReplicaReader, after start: Keyframe, _ recorded: [RecordedTick]
  ) throws -> [Keyframe] {
    var keyframes = [start]
    var place = 0
    var newestDelivery = start.moment.now
    for _ in 0..<(try reader.count(elementSize: 12)) {
      let number = try reader.uint64()
      let last = keyframes[keyframes.count - 1].tick
      guard number > last, number <= start.tick + recorded.count else { throw TimelineError.invalid("keyframe") }
      let moment = try moment(from: &reader)
      while start.tick + place < Int(number) {
        newestDelivery = recorded[place].deliveries.reduce(newestDelivery) { max($0, $1.time) }
        place += 1
      }
      // A delivery that comes before the keyframe and happens after it would be lost.
      guard moment.now == recorded[place - 1].time, newestDelivery <= moment.now else {
        throw TimelineError.invalid("keyframe")
      }
      keyframes.append(Keyframe(tick: Int(number), moment: moment))
    }
    return keyframes
  }
}

/// Header and checksum of a timeline.
enum TimelineSeal {
  private static let magic: [UInt8] = Array("SELT".utf8)
  private static let format: UInt16 = 1
  static let headerBytes = 14
  static let checksumBytes = 16

  static func sealed(_ body: [UInt8]) -> [UInt8] {
    let length = body.count + headerBytes + checksumBytes
    var sink = ByteSink(reserving: length)
    sink.raw(magic)
    sink.uint16(format)
    sink.uint64(UInt64(length))
    sink.raw(body)
    sink.raw(checksum(sink.bytes[...]))
    return sink.bytes
  }

  /// Where the body lies, after header and checksum have been found good.
  static func unsealed(_ bytes: [UInt8]) throws(TimelineError) -> Range<Int> {
    guard bytes.starts(with: magic) else { throw .notATimeline }
    guard bytes.count >= headerBytes + checksumBytes else { throw .wrongLength }
    let format = UInt16(bytes[4]) | UInt16(bytes[5]) << 8
    guard format == Self.format else { throw .unknownFormat(format) }
    let length = bytes[6..<14].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length == UInt64(bytes.count) else { throw .wrongLength }
    let end = bytes.count - checksumBytes
    guard Array(bytes[end...]) == checksum(bytes[..<end]) else { throw .corrupted }
    return headerBytes..<end
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var sink = DigestSink(key: 2)
    sink.raw(bytes)
    return Digest(sink.value).bytes
  }
}
