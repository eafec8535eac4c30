import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

@testable import SeloPeer

/// Whether the machine that runs a world just now errs: what no world may ask, but one of a test that has to go astray.
enum Glitch {
  @TaskLocal static var isOn = false
}

/// A few real peers with real keys on a wire that loses nothing and remembers every datagram.
final class Neighbourhood<W: World> {
  struct Sent {
    let bytes: [UInt8]
    let source: Endpoint
    let target: Endpoint
  }

  final class House {
    let endpoint: Endpoint
    let notary: SodiumNotary
    var peer: Peer<W>
    var events: [PeerEvent] = []
    /// Whether its machine errs, see `Glitch`.
    var errs = false
    var rejections: [PeerRejection] = []
    /// Nothing passes between houses on different sides.
    var side = 0
    /// Steps from one phase of the state diagram into another, as "seeking>entering".
    private(set) var arrows: [String] = []
    private var word = "seeking"

    init(_ peer: consuming Peer<W>, at endpoint: Endpoint, notary: SodiumNotary) {
      self.peer = peer
      self.endpoint = endpoint
      self.notary = notary
    }

    func take(_ event: PeerEvent) {
      events.append(event)
      let next: String? =
        switch event {
        case .phase(.seeking): "seeking"
        case .phase(.entering): "entering"
        case .phase(.member), .phase(.electing), .phase(.halted): "member"
        case .phase(.quarantined): "quarantined"
        case .ended: "ended"
        default: nil
        }
      // What ends tells no more.
      guard let next, next != word, word != "ended" else { return }
      arrows.append("\(word)>\(next)")
      word = next
    }
  }

  private(set) var now = Instant(nanoseconds: 1_000_000_000)
  private(set) var houses: [House] = []
  /// Links that carry nothing, both ways, by the houses' numbers from one.
  var cut: [(Int, Int)] = []
  private(set) var capture: [Sent] = []
  /// Peers that are stopped: what is sent to them is lost.
  private(set) var stopped: [House] = []
  /// Called before a house is stepped.
  var isStepping: (House) -> Void = { _ in }
  private var underway: [(at: Instant, sent: Sent)] = []
  private var entropy = Entropy(seed: Secret(Array(repeating: 3, count: 32)))
  let sessionName: String
  let password: Secret

  init(sessionName: String, password: Secret) {
    self.sessionName = sessionName
    self.password = password
  }

  @discardableResult
  func settle(
    _ purpose: PeerOptions.Purpose, name: String, password: Secret? = nil, policy: Policy = .available,
    listed: Bool = false, yielding: Yielding = .nobody, as former: House? = nil
  ) -> House {
    let number = UInt8(houses.count + stopped.count + 1)
    let endpoint = Endpoint(family: .v4, address: Bytes16([127, 0, 0, number]), port: 4_000 + UInt16(number))
    let keys = former?.notary.keys ?? IdentityKeys(from: &entropy)
    var options = PeerOptions(
      purpose: purpose, sessionName: sessionName, passwordSecret: password ?? self.password, keys: keys,
      entropy: entropy.secret(32), incarnation: Incarnation((now.nanoseconds / 1_000_000) << 16 | UInt64(number) << 8),
      name: name, port: endpoint.port)
    options.policy = policy
    options.listed = listed
    options.yielding = yielding
    let house = House(Peer(options, at: now), at: endpoint, notary: SodiumNotary(keys: keys))
    houses.append(house)
    step(house, .wake)
    return house
  }

  func kill(_ house: House) { houses.removeAll { $0 === house } }

  func stop(_ house: House) {
    kill(house)
    stopped.append(house)
  }

  func goOn(_ house: House) {
    stopped.removeAll { $0 === house }
    houses.append(house)
    step(house, .wake)
  }

  func step(_ house: House, _ input: PeerInput) { Glitch.$isOn.withValue(house.errs) { stepOne(house, input) } }

  private func stepOne(_ house: House, _ input: PeerInput) {
    var effects: [PeerEffect] = []
    isStepping(house)
    house.peer.step(input, at: now, notary: house.notary, into: &effects)
    var index = 0
    var hasFlushed = false
    while index < effects.count || !hasFlushed {
      if index == effects.count {
        hasFlushed = true
        house.peer.step(.flush, at: now, notary: house.notary, into: &effects)
        continue
      }
      carryOut(effects[index], of: house, &effects)
      index += 1
    }
  }

  /// Carries out what a peer asks for when it is made to act from outside of a step.
  func make(_ house: House, _ act: (inout [PeerEffect]) -> Void) {
    var effects: [PeerEffect] = []
    act(&effects)
    for effect in effects { carryOut(effect, of: house, &effects) }
  }

  private func carryOut(_ effect: PeerEffect, of house: House, _ effects: inout [PeerEffect]) {
    switch effect {
    case .send(let bytes, let target): send(bytes, from: house, to: target)
    case .announce(let bytes):
      for other in houses where other !== house { send(bytes, from: house, to: other.endpoint) }
    case .verify(let verification):
      let answer = PeerInput.verified(verification, verification.check(house.notary))
      house.peer.step(answer, at: now, notary: house.notary, into: &effects)
    case .event(let event): house.take(event)
    case .rejected(let rejection): house.rejections.append(rejection)
    case .connectProbe, .probe, .published, .notPublished: break
    }
  }

  /// One peer says a packet to another that it would not say by itself.
  func say(_ packet: Packet, by house: House, to other: House) {
    var effects: [PeerEffect] = []
    house.peer.send(packet, to: other.peer.author, &effects)
    for effect in effects {
      if case .send(let bytes, let target) = effect { send(bytes, from: house, to: target) }
    }
  }

  private func send(_ bytes: [UInt8], from house: House, to target: Endpoint) {
    let sent = Sent(bytes: bytes, source: house.endpoint, target: target)
    capture.append(sent)
    guard houses.first(where: { $0.endpoint == target })?.side == house.side else { return }
    let link = [house.endpoint, target].map { Int($0.port) - 4_000 }
    if cut.contains(where: { [$0.0, $0.1] == link || [$0.1, $0.0] == link }) { return }
    underway.append((now + .microseconds(100), sent))
  }

  /// Lets time pass until the condition holds; false when it did not within `limit` of virtual time.
  func run(until limit: Delay, _ condition: () -> Bool = { false }) -> Bool {
    let end = now + limit
    while now < end {
      if condition() { return true }
      let deadlines = houses.compactMap { $0.peer.deadline }
      let next = min(deadlines.min() ?? end, underway.first?.at ?? end, end)
      now = max(now + .microseconds(1), next)
      while let first = underway.first, first.at <= now {
        underway.removeFirst()
        if let house = houses.first(where: { $0.endpoint == first.sent.target }) {
          step(house, .datagram(first.sent.bytes, from: first.sent.source))
        }
      }
      for house in houses {
        if let deadline = house.peer.deadline, deadline <= now { step(house, .wake) }
      }
    }
    return condition()
  }

  var areMembers: Bool { houses.allSatisfy { $0.peer.status.members.count == houses.count } }
}
