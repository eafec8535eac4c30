import SeloCrypto
import SeloPeer
import SeloWire

/// A session's door and people who knock at it: everything that a test of admission does not talk about.
struct Doorstep {
  static let password = Secret(Array(repeating: 0x50, count: 32))
  static let head: [UInt8] = [7, 7, 7]

  var entropy: Entropy
  let charter: Charter
  let founder: IdentityKeys
  var door: Door
  var now = Instant.zero + .seconds(1_000)
  /// Effects that the door produced, in order, without what it sent.
  var arrivals: [Arrival] = []
  var rejections: [DoorRejection] = []

  init(seed: UInt8 = 1, charter nonce: UInt8 = 1) {
    entropy = Entropy(seed: Secret(Array(repeating: seed, count: 32)))
    founder = IdentityKeys(from: &entropy)
    charter = Charter(
      worldName: "painter", worldVersion: 3, schema: 0x1234, machineVersion: 1, limitsHash: Bytes32([1]),
      policy: .majority, founder: founder.identity, nonce: Bytes32([nonce]))
    let credential = Credential(
      keys: founder, staticKey: KeyPair(from: &entropy), incarnation: Incarnation(1), session: charter.session)
    door = Door(charter: charter, credential: credential, password: Self.password, &entropy)
  }

  static func endpoint(_ host: UInt8, port: UInt16 = 4_711) -> Endpoint {
    Endpoint(family: .v4, address: Bytes16([10, 0, 0, host]), port: port)
  }

  /// What the door answers to one datagram.
  mutating func ask(_ datagram: [UInt8], from source: Endpoint = endpoint(2)) -> [[UInt8]] {
    var effects: [DoorEffect] = []
    door.step(datagram, from: source, at: now, head: Self.head, &entropy, into: &effects)
    return effects.compactMap { effect in
      switch effect {
      case .send(let answer, let target):
        if target == source { return answer }
      case .admitted(let arrival): arrivals.append(arrival)
      case .rejected(let rejection): rejections.append(rejection)
      }
      return nil
    }
  }
}

/// A joiner: its knock, and what came of it.
struct Visitor {
  static let door = Doorstep.endpoint(1)

  var entropy: Entropy
  let keys: IdentityKeys
  var knock: Knock
  /// Everything it sent and was not yet delivered.
  var outgoing: [[UInt8]] = []
  /// Everything it ever sent.
  var sent: [[UInt8]] = []
  var entry: Entry?
  var failure: KnockFailure?
  var rejections: [KnockRejection] = []

  init(_ session: SessionID, password: Secret = Doorstep.password, seed: UInt8 = 2, now: Instant) {
    entropy = Entropy(seed: Secret(Array(repeating: seed, count: 32)))
    keys = IdentityKeys(from: &entropy)
    let credential = Credential(
      keys: keys, staticKey: KeyPair(from: &entropy), incarnation: Incarnation(9), session: session)
    var effects: [KnockEffect] = []
    knock = Knock(
      at: Self.door, session: session, credential: credential, password: password,
      wish: Wish(role: .member, name: "bob"), localIndex: 77, now: now, &entropy, into: &effects)
    take(effects)
  }

  mutating func hear(_ datagram: [UInt8], from source: Endpoint = Visitor.door, at now: Instant) {
    var effects: [KnockEffect] = []
    knock.step(datagram, from: source, at: now, &entropy, into: &effects)
    take(effects)
  }

  mutating func wake(at now: Instant) {
    var effects: [KnockEffect] = []
    knock.wake(at: now, into: &effects)
    take(effects)
  }

  private mutating func take(_ effects: [KnockEffect]) {
    for effect in effects {
      switch effect {
      case .send(let datagram, _):
        outgoing.append(datagram)
        sent.append(datagram)
      case .admitted(let entry): self.entry = entry
      case .failed(let failure): self.failure = failure
      case .rejected(let rejection): rejections.append(rejection)
      }
    }
  }
}

extension Doorstep {
  /// Carries datagrams between the two until neither has more to say; `tamper` may alter or drop any of them.
  mutating func meet(
    _ visitor: inout Visitor, from source: Endpoint = endpoint(2), _ tamper: ([UInt8]) -> [UInt8]? = { $0 }
  ) {
    while !visitor.outgoing.isEmpty {
      guard let request = tamper(visitor.outgoing.removeFirst()) else { continue }
      for answer in ask(request, from: source) {
        if let answer = tamper(answer) { visitor.hear(answer, at: now) }
      }
    }
  }

  /// Carries until the visitor is about to send a datagram of `kind`, and returns that.
  mutating func meet(_ visitor: inout Visitor, until kind: DatagramKind, from source: Endpoint = endpoint(2)) -> [UInt8]
  {
    while let request = visitor.outgoing.first, DatagramKind(of: request) != kind {
      visitor.outgoing.removeFirst()
      for answer in ask(request, from: source) { visitor.hear(answer, at: now) }
    }
    return visitor.outgoing.first ?? []
  }
}
