// The way back: every count is checked against what is left before anything is reserved, every rule of the format is
// checked, and whatever is wrong ends in a ``SnapshotError``.
extension State {
  init(snapshot bytes: [UInt8], _ program: Program) throws(SnapshotError) {
    let body = try Self.unsealed(bytes)
    var reader = ReplicaReader(bytes, in: body)
    do {
      self = try State(from: &reader, program)
      try reader.finish()
    } catch let error as SnapshotError {
      throw error
    } catch {
      throw .invalid("length")
    }
  }

  /// Where the body lies, after header and checksum have been found good.
  static func unsealed(_ bytes: [UInt8]) throws(SnapshotError) -> Range<Int> {
    guard bytes.count >= headerBytes + checksumBytes else {
      throw bytes.starts(with: magic) ? .wrongLength : .notASnapshot
    }
    guard bytes.starts(with: magic) else { throw .notASnapshot }
    let format = UInt16(bytes[4]) | UInt16(bytes[5]) << 8
    guard format == Self.format else { throw .unknownFormat(format) }
    let length = bytes[6..<14].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length == UInt64(bytes.count) else { throw .wrongLength }
    let end = bytes.count - checksumBytes
    guard Array(bytes[end...]) == checksum(bytes[..<end]) else { throw .corrupted }
    return headerBytes..<end
  }

  private init(from reader: inout ReplicaReader, _ program: Program) throws {
    let name = try reader.text(limit: 1_024)
    guard name == program.worldName else { throw SnapshotError.wrongWorld(name) }
    let version = try reader.int()
    guard version == program.version else { throw SnapshotError.wrongVersion(version) }
    let fingerprint = try reader.uint64()
    guard fingerprint == program.fingerprint else { throw SnapshotError.wrongFingerprint(fingerprint) }
    let messagesPerInstant = try reader.uint64()
    guard let depth = UInt32(exactly: try reader.uint64()) else { throw SnapshotError.invalid("limits") }
    limits = MachineLimits(messagesPerInstant: messagesPerInstant, zeroDelayDepth: depth)
    seed = try reader.uint64()
    now = try VirtualTime(from: &reader)
    messagesThisInstant = try reader.uint64()
    nextSequence = try reader.uint64()
    guard now >= .zero, messagesThisInstant < 1 << 62, nextSequence < 1 << 62 else {
      throw SnapshotError.invalid("position")
    }
    failedTurns = try FailedTurns(from: &reader)
    root = try reader.cell(program.typeNames[0], program.types[0].readNode)
    try readColumns(from: &reader, program)
    try readQueue(from: &reader, program)
  }

  private mutating func readColumns(from reader: inout ReplicaReader, _ program: Program) throws {
    var last = NodeID.root
    for typeIndex in program.types.indices.dropFirst() {
      for _ in 0..<(try reader.count(elementSize: 12)) {
        let id = try NodeID(from: &reader)
        guard id.typeIndex == typeIndex, id > last else { throw SnapshotError.invalid("node id") }
        nodes.set(try reader.cell(program.typeNames[typeIndex], program.types[typeIndex].readNode), for: id)
        last = id
      }
    }
  }

  private mutating func readQueue(from reader: inout ReplicaReader, _ program: Program) throws {
    var last: Position?
    for _ in 0..<(try reader.count(elementSize: 47)) {
      let message = try PendingMessage(from: &reader, program)
      guard message.isPossible(at: now, before: nextSequence) else { throw SnapshotError.invalid("queue") }
      if let last, message.position <= last { throw SnapshotError.invalid("order of the queue") }
      last = message.position
      queue.insert(message)
    }
  }
}

extension ReplicaReader {
  /// A value behind its length, which it has to use up exactly.
  fileprivate mutating func cell(
    _ typeName: String, _ read: (inout ReplicaReader) throws -> any Cell
  ) throws -> any Cell {
    var part = ReplicaReader(try data())
    guard let cell = try? read(&part), part.remaining == 0 else { throw SnapshotError.unreadable(type: typeName) }
    return cell
  }
}

extension FailedTurns {
  fileprivate init(from reader: inout ReplicaReader) throws {
    let total = try reader.uint64()
    var newest: [FailedTurn] = []
    for _ in 0..<(try reader.count(elementSize: 25, limit: Self.limit)) {
      let time = try VirtualTime(from: &reader)
      let cause = try reader.uint64()
      let target = try NodeID(from: &reader)
      guard let kind = FailedTurn.Kind(rawValue: try reader.uint8()) else { throw SnapshotError.invalid("failed turn") }
      newest.append(FailedTurn(time: time, cause: cause, target: target, kind: kind))
    }
    guard let turns = FailedTurns(newest: newest, total: total) else { throw SnapshotError.invalid("failed turns") }
    self = turns
  }
}

extension PendingMessage {
  fileprivate init(from reader: inout ReplicaReader, _ program: Program) throws {
    let time = try VirtualTime(from: &reader)
    guard let `class` = Position.Class(rawValue: try reader.uint8()) else { throw SnapshotError.invalid("class") }
    let sequence = try reader.uint64()
    position = Position(time: time, class: `class`, sequence: sequence, place: try reader.uint32())
    target = try NodeID(from: &reader)
    guard program.types.indices.contains(target.typeIndex), target == .root || target.typeIndex > 0 else {
      throw SnapshotError.invalid("target")
    }
    cause = try reader.uint64()
    depth = try reader.uint32()
    author = try PeerID?(from: &reader)
    switch try reader.uint8() {
    case 0:
      let typeIndex = target.typeIndex
      content = .message(try reader.cell(program.typeNames[typeIndex], program.types[typeIndex].readMessage))
      return
    case 1: content = .undecodable
    case 2: content = .presence(try Presence(from: &reader))
    default: throw SnapshotError.invalid("content")
    }
    guard try reader.count() == 0 else { throw SnapshotError.invalid("content") }
  }

  /// Whether a machine at `now` could hold it.
  fileprivate func isPossible(at now: VirtualTime, before nextSequence: UInt64) -> Bool {
    guard position.time >= now, depth < 1 << 31 else { return false }
    switch (position.class, content) {
    case (.internal, .message): return author == nil && position.sequence < nextSequence && position.place == 0
    case (.external, .message), (.external, .undecodable): return author != nil && target == .root && depth == 0
    case (.external, .presence): return author == nil && target == .root && depth == 0
    case (.internal, .presence), (.internal, .undecodable): return false
    }
  }
}
