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
    let sum = bytes.withUnsafeBytes { checksum(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
    guard bytes[end...].elementsEqual(sum) else { throw .corrupted }
    return headerBytes..<end
  }

  private init(from reader: inout ReplicaReader, _ program: Program) throws {
    let name = try reader.text(limit: 1_024)
    guard name == program.worldName else { throw SnapshotError.wrongWorld(name) }
    let version = try reader.int()
    guard version == program.version else { throw SnapshotError.wrongVersion(version) }
    let fingerprint = try reader.uint64()
    guard fingerprint == program.fingerprint else { throw SnapshotError.wrongFingerprint(fingerprint) }
    guard try reader.uint32() == program.types.count - 1 else { throw SnapshotError.invalid("columns") }
    let limits = try MachineLimits(from: &reader)
    let seed = try reader.uint64()
    let now = try VirtualTime(from: &reader)
    guard now >= .zero else { throw SnapshotError.invalid("position") }
    self.init(program, seed: seed, limits: limits, at: now)
    messagesThisInstant = try reader.uint64()
    guard messagesThisInstant < 1 << 62 else { throw SnapshotError.invalid("position") }
    failedTurns = try FailedTurns(from: &reader)
    guard let letters = TakenLetters(newest: try Array(from: &reader)) else { throw SnapshotError.invalid("letters") }
    takenLetters = letters
    skipped = try Array(from: &reader)
    guard skipped.isStrictlyAscending else { throw SnapshotError.invalid("skipped causes") }
    try reader.part(program.typeNames[0]) { try program.types[0].readNode(&$0, root.values) }
    root.occupy(0, word: 0)
    try readColumns(from: &reader, program)
    try readInternals(from: &reader, program)
    try readExternals(from: &reader, program)
  }

  private mutating func readColumns(from reader: inout ReplicaReader, _ program: Program) throws {
    for (number, type) in program.types.enumerated().dropFirst() {
      let count = try reader.count(elementSize: 12)
      columns[number] = Column(type.nodeLayout, reserving: count)
      var last = NodeID.root
      for _ in 0..<count {
        let id = try NodeID(from: &reader)
        guard id.typeIndex == number, id > last else { throw SnapshotError.invalid("node id") }
        try reader.part(program.typeNames[number]) { part in
          try columns[number].append(id) { try type.readNode(&part, $0) }
        }
        last = id
      }
    }
  }

  private mutating func readInternals(from reader: inout ReplicaReader, _ program: Program) throws {
    var last = now
    for _ in 0..<(try reader.count(elementSize: 28)) {
      let time = try VirtualTime(from: &reader)
      let target = try NodeID(from: &reader)
      let cause = try reader.uint64()
      guard time > now, time >= last else { throw SnapshotError.invalid("order of the queue") }
      guard program.types.indices.contains(target.typeIndex), target == .root || target.typeIndex > 0 else {
        throw SnapshotError.invalid("target")
      }
      let payload = try readMessage(from: &reader, to: target.typeIndex, program)
      queue.append(Link(time: time, cause: cause, target: target, payload: payload, hint: Link.unknown))
      last = time
    }
  }

  private mutating func readMessage(
    from reader: inout ReplicaReader, to type: Int, _ program: Program
  ) throws -> UInt32 {
    try reader.part(program.typeNames[type]) { try messages[type].decoded(from: &$0, program.types[type]) }
  }

  private mutating func readExternals(from reader: inout ReplicaReader, _ program: Program) throws {
    var last: External?
    for _ in 0..<(try reader.count(elementSize: 30)) {
      let time = try VirtualTime(from: &reader)
      let sequence = try reader.uint64()
      let place = try reader.uint32()
      let cause = try reader.uint64()
      let author = try PeerID?(from: &reader)
      let kind = try reader.uint8()
      guard time >= now, (author != nil) == (kind < 2) else { throw SnapshotError.invalid("external message") }
      let content: External.Content
      switch kind {
      case 0: content = .message(payload: try readMessage(from: &reader, to: 0, program))
      case 1: content = .undecodable
      case 2: content = .presence(try Presence(from: &reader))
      case 3: content = .letter(try Letter(from: &reader))
      default: throw SnapshotError.invalid("content")
      }
      let external = External(
        time: time, sequence: sequence, place: place, cause: cause, author: author, content: content)
      if let last, !last.precedes(external) { throw SnapshotError.invalid("order of the queue") }
      externals.insert(external)
      last = external
    }
  }
}

extension Slab {
  /// The payload of a message that is read from bytes.
  mutating func decoded(from reader: inout ReplicaReader, _ type: Operations) throws -> UInt32 {
    if type.messagesLieInLinks {
      var payload: UInt32 = 0
      try withUnsafeMutableBytes(of: &payload) { bytes in
        if let memory = bytes.baseAddress { try type.readMessage(&reader, memory) }
      }
      return payload
    }
    return try add { try type.readMessage(&reader, $0) }
  }
}

extension Array where Element == UInt64 {
  fileprivate var isStrictlyAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}

extension ReplicaReader {
  /// A value behind its length, which it has to use up exactly.
  fileprivate mutating func part<Value>(
    _ typeName: String, _ read: (inout ReplicaReader) throws -> Value
  ) throws -> Value {
    let outer = try enter(Int(try uint32()))
    guard let value = try? read(&self), remaining == 0 else { throw SnapshotError.unreadable(type: typeName) }
    leave(outer)
    return value
  }
}

extension MachineLimits {
  fileprivate init(from reader: inout ReplicaReader) throws {
    let messagesPerInstant = try reader.uint64()
    let depth = try reader.uint64()
    let nodes = try reader.int()
    let pending = try reader.int()
    guard let depth = UInt32(exactly: depth), nodes >= 0, pending >= 0 else { throw SnapshotError.invalid("limits") }
    self.init(
      messagesPerInstant: messagesPerInstant, zeroDelayDepth: depth, nodes: nodes, pendingMessages: pending)
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
