package import SeloWire

/// Noise §5.3: one side of a handshake, interpreting a pattern token by token.
///
/// A message that is refused leaves the state as it was; the caller decides whether to wait for a better one.
package struct HandshakeState: Equatable, Sendable {
  package enum Role: Equatable, Sendable { case initiator, responder }

  private let pattern: HandshakePattern
  private let role: Role
  private var symmetric: SymmetricState
  private let ownStatic: KeyPair?
  private var ownEphemeral: KeyPair?
  private var ephemeralIsFixed: Bool
  /// The other's static key: given before, or received in a message.
  package private(set) var remoteStatic: Bytes32?
  private var remoteEphemeral: Bytes32?
  private var psks: [Secret]
  private var done = 0

  /// Initialize of Noise §5.3. `ephemeral` is for published vectors only: otherwise it comes from `Entropy`.
  package init(
    _ pattern: HandshakePattern, _ role: Role, prologue: [UInt8], ownStatic: KeyPair? = nil,
    remoteStatic: Bytes32? = nil, psks: [Secret] = [], ephemeral: KeyPair? = nil
  ) throws(NoiseError) {
    self.pattern = pattern
    self.role = role
    self.ownStatic = ownStatic
    self.remoteStatic = remoteStatic
    self.psks = psks
    ownEphemeral = ephemeral
    ephemeralIsFixed = ephemeral != nil
    symmetric = SymmetricState(protocolName: pattern.protocolName)
    symmetric.mixHash(prologue)
    for token in pattern.initiatorKnown { try mixKnown(token, isOwn: role == .initiator) }
    for token in pattern.responderKnown { try mixKnown(token, isOwn: role == .responder) }
  }

  package var isFinished: Bool { done == pattern.messages.count }

  /// Whether the next message is this side's to write.
  package var isOwnTurn: Bool { !isFinished && (done % 2 == 0) == (role == .initiator) }

  /// h: equal on both sides exactly when both saw the same handshake (Noise §11.2).
  package var hash: [UInt8] { symmetric.hash }

  /// WriteMessage.
  package mutating func write(_ payload: [UInt8], _ entropy: inout Entropy) throws(NoiseError) -> [UInt8] {
    guard isOwnTurn else { throw .outOfTurn }
    var next = self
    var message: [UInt8] = []
    for token in pattern.messages[done] { try next.write(token, &entropy, to: &message) }
    message += try next.symmetric.seal(payload)
    guard message.count <= 65_535 else { throw .tooLong }
    next.done += 1
    self = next
    return message
  }

  /// ReadMessage: the payload.
  package mutating func read(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
    guard !isFinished, !isOwnTurn else { throw .outOfTurn }
    guard message.count <= 65_535 else { throw .tooLong }
    var next = self
    var reader = ByteReader(message)
    for token in pattern.messages[done] { try next.read(token, from: &reader) }
    let payload = try next.symmetric.open(reader.rest())
    next.done += 1
    self = next
    return payload
  }

  /// Split: the keys to send and to receive with; nil before the last message.
  package func split() -> (sending: Secret, receiving: Secret)? {
    guard isFinished else { return nil }
    let keys = symmetric.split()
    return role == .initiator ? (keys.initiator, keys.responder) : (keys.responder, keys.initiator)
  }

  private mutating func mixKnown(_ token: HandshakePattern.Token, isOwn: Bool) throws(NoiseError) {
    guard token == .s, let key = isOwn ? ownStatic?.publicKey : remoteStatic else { throw .missingKey }
    symmetric.mixHash(key.bytes)
  }

  private mutating func write(
    _ token: HandshakePattern.Token, _ entropy: inout Entropy, to message: inout [UInt8]
  ) throws(NoiseError) {
    switch token {
    case .e:
      let pair = ephemeralIsFixed ? ownEphemeral ?? KeyPair(from: &entropy) : KeyPair(from: &entropy)
      ownEphemeral = pair
      message += pair.publicKey.bytes
      mixEphemeral(pair.publicKey)
    case .s:
      guard let pair = ownStatic else { throw .missingKey }
      message += try symmetric.seal(pair.publicKey.bytes)
    case .ee, .es, .se, .ss, .psk:
      try mix(token)
    }
  }

  private mutating func read(
    _ token: HandshakePattern.Token, from reader: inout ByteReader
  ) throws(NoiseError) {
    switch token {
    case .e:
      let key = Bytes32(try taken(32, from: &reader))
      remoteEphemeral = key
      mixEphemeral(key)
    case .s:
      let sealed = try taken(symmetric.hasKey ? 32 + Sodium.tagBytes : 32, from: &reader)
      remoteStatic = Bytes32(try symmetric.open(sealed))
    case .ee, .es, .se, .ss, .psk:
      try mix(token)
    }
  }

  private mutating func mixEphemeral(_ key: Bytes32) {
    symmetric.mixHash(key.bytes)
    if pattern.usesPsk { symmetric.mixKey(Secret(key.bytes)) }
  }

  /// The first letter names the initiator's key, the second the responder's.
  private mutating func mix(_ token: HandshakePattern.Token) throws(NoiseError) {
    switch (token, role) {
    case (.ee, _): try mixShared(ownEphemeral, remoteEphemeral)
    case (.es, .initiator), (.se, .responder): try mixShared(ownEphemeral, remoteStatic)
    case (.es, .responder), (.se, .initiator): try mixShared(ownStatic, remoteEphemeral)
    case (.ss, _): try mixShared(ownStatic, remoteStatic)
    case (.psk, _):
      guard !psks.isEmpty else { throw .missingKey }
      symmetric.mixKeyAndHash(psks.removeFirst())
    case (.e, _), (.s, _): throw .missingKey
    }
  }

  private mutating func mixShared(_ own: KeyPair?, _ remote: Bytes32?) throws(NoiseError) {
    guard let own, let remote else { throw .missingKey }
    guard let shared = Sodium.x25519(own.secret, remote) else { throw .lowOrder }
    symmetric.mixKey(shared)
  }

  private func taken(_ count: Int, from reader: inout ByteReader) throws(NoiseError) -> [UInt8] {
    do { return try reader.raw(count) } catch { throw .truncated }
  }
}
