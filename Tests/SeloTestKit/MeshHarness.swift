package import SeloMachineKit
package import SeloMesh
import SeloSimulator
package import SeloWire

/// A session of bare meshes on a virtual clock and a network with weather; the laws are checked after every step.
///
/// The wire is real: every packet is encoded and decoded, frames and envelopes are verified with the glass notary as
/// `Peer` does it. A value: a session that was set up once is copied for each schedule.
package struct MeshHarness {
  package let session: SessionID
  package let policy: Policy
  package let tick: Delay
  package let yielding: Yielding
  /// Rules that the meshes leave out.
  package let drafts: Draft
  package private(set) var now = Instant(nanoseconds: 1_000_000_000)
  package var peers: [HarnessPeer] = []
  package var weather = Weather()
  package var filters: [Filter] = []
  package var chance: Chance
  /// Whether a closed port answers "connection refused", as on one host.
  package var portsRefuse = false
  /// Packets that wait for a stopped peer, as in a socket's buffer.
  package var inboxLimit = 300
  package var laws = Laws()
  package var steps = 0
  /// Every input and effect as text, while it is wanted.
  package var transcript: [String]?
  /// Prints the transcript as it grows: for a run that traps.
  package var echoes = false
  /// Which refusals occurred, each once, in order of appearance.
  package var rejections: [Rejection] = []
  package var branches = 0
  /// Steps from one phase into another, as "following>suspecting".
  package private(set) var arrows: Set<String> = []
  /// How often a peer stepped from one lineage into another.
  package var merges = 0
  /// Pairs of trunks that met: nothing happens by itself.
  package var rivals = 0
  /// Places for which a reflector was seen to sign twice.
  package var evidence: [UInt64] = []
  /// Checkpoints at which no digest had a majority, and who was told so.
  package var undecided: [Undecided] = []
  /// When lineages may meet next, as beacons let them once a second; nil: never.
  package var meeting: Instant?
  package var terms = 0
  package var strangers: [Stranger] = []
  /// Peers at whose doors nobody can knock.
  package var shut: [Int] = []
  private var flights = Flights()
  private var departures: UInt64 = 0
  private var identities: UInt16 = 0

  /// A checkpoint at which no digest had a majority, as one peer was told.
  package struct Undecided: Equatable {
    package let sequence: UInt64
    package let peer: Int
  }

  /// One who wants in; it knocks at a random member every 50 ms.
  package struct Stranger {
    package let entry: RosterEntry
    var knocks: Instant
    /// The membership in a beaten lineage that ends when this one begins.
    var leaves: Int?
  }

  /// A session founded by one peer.
  package init(
    policy: Policy = .available, tick: Delay = .milliseconds(20), yielding: Yielding = .nobody, seed: UInt64 = 0,
    drafts: Draft = []
  ) {
    self.policy = policy
    self.tick = tick
    self.yielding = yielding
    self.drafts = drafts
    session = SessionID(Bytes16([7, 7, 7]))
    chance = Chance(seed: seed)
    let entry = newEntry(name: "a", standing: .voter, id: MemberID(1))
    var effects: [MeshEffect] = []
    let mesh = Mesh(
      founding: facts(of: entry), with: entry, tick: tick, at: now,
      notary: GlassNotary(identity: entry.identity), into: &effects)
    peers.append(HarnessPeer(name: entry.name, author: entry.author, mesh: mesh))
    checkBeginning(of: 0)
    carryOut(effects, of: 0)
  }

  /// A session of `count` voters, all caught up.
  package static func session(
    of count: Int, policy: Policy = .available, tick: Delay = .milliseconds(20), yielding: Yielding = .nobody,
    hosts: [Int] = [], drafts: Draft = []
  ) -> MeshHarness {
    var harness = MeshHarness(policy: policy, tick: tick, yielding: yielding, drafts: drafts)
    for index in 1..<max(count, 1) {
      harness.join(Self.name(index), role: hosts.contains(index) ? .host : .member)
      harness.run(for: .milliseconds(400))
    }
    harness.run(for: .milliseconds(300))
    harness.reachEachOther()
    // What a draft breaks on the way is what it is here for.
    guard drafts.isEmpty else { return harness }
    precondition(harness.peers.count == count && harness.laws.violations.isEmpty, "\(harness.laws.violations)")
    precondition(harness.peers.allSatisfy { $0.mesh.roster.voters.count == count }, "not all vote")
    return harness
  }

  package static func name(_ index: Int) -> String { String(UnicodeScalar(UInt8(97 + index % 26))) }

  package mutating func run(for time: Delay) { run(until: now + time) }

  package mutating func run(until end: Instant) {
    while let next = nextEvent, next <= end, laws.violations.isEmpty {
      now = max(now, next)
      if let flight = flights.first, flight.arrival <= now {
        arrive(flights.removeFirst())
      } else if let index = strangers.indices.first(where: { strangers[$0].knocks <= now }) {
        knock(index)
      } else if let index = peers.indices.first(where: { peers[$0].pausedUntil.map { $0 <= now } ?? false }) {
        resume(index)
      } else if let meeting, meeting <= now {
        self.meeting = meeting + .milliseconds(500)
        meet()
      } else if let index = peers.indices.first(where: { peers[$0].isDue(at: now) }) {
        step(index, .wake)
        flush(index)
        unpack(index)
      }
    }
    now = max(now, end)
  }

  /// Runs until the condition holds; false when it does not within `limit`.
  package mutating func run(atMost limit: Delay, until condition: (MeshHarness) -> Bool) -> Bool {
    let end = now + limit
    while !condition(self) {
      guard let next = nextEvent, next <= end, laws.violations.isEmpty else { return false }
      run(until: next)
    }
    return true
  }

  /// Steps one peer with one input and carries out what it asks for.
  package mutating func step(_ index: Int, _ input: MeshInput) {
    let before = peers[index].mesh
    var effects: [MeshEffect] = []
    note(input, index)
    peers[index].mesh.step(
      input, at: peers[index].reading(at: now), notary: peers[index].notary, into: &effects)
    steps += 1
    let (left, entered) = (before.phase.word, peers[index].mesh.phase.word)
    if left != entered { arrows.insert("\(left)>\(entered)") }
    checkLaws(after: Sight.Step(earlier: before, input: input, effects: effects), of: index)
    carryOut(effects, of: index)
  }

  package mutating func flush(_ index: Int) { step(index, .flush) }

  // The loop

  private var nextEvent: Instant? {
    var next = flights.first?.arrival
    // By index: a peer is a large value to take out of its array.
    for index in peers.indices where peers[index].isAlive {
      if let time = peers[index].pausedUntil ?? peers[index].wakes { next = min(next ?? time, time) }
    }
    for stranger in strangers { next = min(next ?? stranger.knocks, stranger.knocks) }
    if let meeting { next = min(next ?? meeting, meeting) }
    return next
  }

  private mutating func resume(_ index: Int) {
    peers[index].pausedUntil = nil
    guard peers[index].isAlive else { return }
    note("goes on", index)
    let inbox = peers[index].inbox
    peers[index].inbox = []
    if chance.happens(500) { step(index, .wake) }
    // Who is slow takes one after the other, and sees to its timers in between.
    let taken = peers[index].pace == nil ? inbox.count : 1
    for flight in inbox.prefix(taken) { open(flight) }
    flush(index)
    guard let pace = peers[index].pace, inbox.count > taken else { return }
    if peers[index].isDue(at: now) { step(index, .wake) }
    peers[index].inbox = Array(inbox.dropFirst(taken))
    peers[index].pausedUntil = now + pace
  }

  private mutating func arrive(_ flight: Flight) {
    guard peers[flight.target].isAlive else { return refuse(flight) }
    guard peers[flight.target].pausedUntil == nil else {
      if peers[flight.target].inbox.count < inboxLimit { peers[flight.target].inbox.append(flight) }
      return
    }
    open(flight)
    flush(flight.target)
    unpack(flight.target)
    if let pace = peers[flight.target].pace { peers[flight.target].pausedUntil = now + pace }
  }

  /// Nobody listens there any more.
  private mutating func refuse(_ flight: Flight) {
    guard portsRefuse, !peers[flight.source].isAway, flight.bytes.isEmpty else { return }
    step(flight.source, .refused(peers[flight.target].member))
    flush(flight.source)
  }

  /// Decodes, verifies as `Peer` does, and steps.
  private mutating func open(_ flight: Flight) {
    if flight.bytes.isEmpty { return }
    let notary = peers[flight.target].notary
    let sender = peers[flight.source].member
    let packet: Packet
    do { packet = try Packet(decoding: flight.bytes, notary: notary) } catch {
      return laws.violate("wire: \(error)", now)
    }
    if packet.encoded != flight.bytes { laws.violate("wire: encode(decode(x)) is not x: \(packet.word)", now) }
    let input = MeshInput.opening(packet, from: sender, for: peers[flight.target].mesh, notary: notary)
    if let input { step(flight.target, input) }
  }

  // Effects

  private mutating func carryOut(_ effects: [MeshEffect], of index: Int) {
    var wanted: UInt64?
    for effect in effects {
      if transcript != nil { tell("      \(effect.text)") }
      switch effect {
      case .send(let packet, let member): send(packet, from: index, to: member)
      case .deliver(let frame, let presence): deliver(frame, presence, to: index)
      case .rollBack(let sequence): rollBack(index, to: sequence)
      case .probe(let member): probe(member, from: index)
      case .branched: branches += 1
      case .reign(_, let normal): if normal { terms += 1 }
      case .detached(let reason): peers[index].detachment = reason
      case .rejected(let rejection, _):
        if !rejections.contains(rejection) { rejections.append(rejection) }
      case .digestWanted(let sequence): wanted = sequence
      case .undecided(let sequence, _): undecided.append(Undecided(sequence: sequence, peer: index))
      case .evidence(let one, _): evidence.append(one.sequence)
      case .marked(let state): keep(state, of: index)
      case .agreed, .roster, .published, .backPressure, .diverged: break
      }
    }
    if let wanted { vote(index, at: wanted) }
  }

  /// The hash of the log stands for the world: it is the same wherever the log is, unless the world errs.
  private mutating func vote(_ index: Int, at sequence: UInt64) {
    guard let chain = peers[index].mesh.log.chain(at: sequence), peers[index].isMember else { return }
    let digest = peers[index].errs ? Bytes16([1, UInt8(index)]) : Bytes16(chain.bytes)
    step(index, .vote(DigestVote(sequence: sequence, digest: digest)))
  }

  private mutating func send(_ packet: Packet, from source: Int, to member: Member) {
    guard let target = index(of: member) else { return }
    let link = Weather.Link(source, target)
    if let filter = filters.firstIndex(where: { $0.matches(link, packet) }) {
      filters[filter].remaining -= 1
      tell("      (lost: \(packet.word) to \(member.id.value))")
      return
    }
    depart(link, packet.encoded)
  }

  /// A probe is a datagram without content: only its refusal says something.
  private mutating func probe(_ member: Member, from source: Int) {
    guard portsRefuse, let target = index(of: member) else { return }
    depart(Weather.Link(source, target), [])
  }

  /// By index: a peer is a large value to take out of its array.
  private func index(of member: Member) -> Int? { peers.indices.first { peers[$0].member == member } }

  mutating func depart(_ link: Weather.Link, _ bytes: [UInt8]) {
    for arrival in weather.arrivals(link, at: now, &chance) {
      departures += 1
      flights.insert(
        Flight(arrival: arrival, order: departures, source: link.source, target: link.target, bytes: bytes))
    }
  }

  mutating func newEntry(
    name: String, standing: Standing, id: MemberID, identity: Identity? = nil, role: Role = .member
  ) -> RosterEntry {
    identities += 1
    let author = Author(
      identity: identity ?? Identity(Bytes32([UInt8(identities & 0xff), 1, UInt8(identities >> 8)])),
      incarnation: Incarnation(1_000 + UInt64(identities)))
    let ident = IdentBytes(author: author, staticKey: .zero, signature: Signature([]))
    return RosterEntry(id: id, ident: ident, standing: standing, role: role, name: name, addresses: [])
  }

  func facts(of entry: RosterEntry) -> Mesh.Facts {
    var facts = Mesh.Facts(
      session: session, me: entry.member, author: entry.author, policy: policy, yielding: yielding)
    #if DEBUG || SELO_DRAFTS
      facts.drafts = drafts
    #endif
    return facts
  }

  // Text

  private mutating func note(_ input: MeshInput, _ index: Int) {
    if transcript == nil { return }
    if input == .flush { return }
    note(input.text, index)
  }

  package mutating func note(_ text: String, _ index: Int) {
    if transcript == nil { return }
    tell("\(milliseconds) \(peers[index].name) \(peers[index].mesh.phase.word): \(text)")
  }

  private mutating func tell(_ line: String) {
    if transcript == nil { return }
    transcript?.append(line)
    if echoes { print(line) }
  }

  private var milliseconds: String {
    let micros = (now.nanoseconds - 1_000_000_000) / 1_000
    let rest = String(micros % 1_000)
    return "\(micros / 1_000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}
