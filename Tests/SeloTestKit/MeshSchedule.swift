import SeloMachineKit
import SeloMesh
import SeloSimulator
import SeloWire

/// A few seconds of trouble for a session of meshes, all of it drawn from one seed, then calm; what went wrong is told.
///
/// The probabilities of the faults are drawn as well, so that some schedules know one kind of trouble only.
package struct MeshSchedule {
  package private(set) var harness: MeshHarness
  package let seed: UInt64
  private var chance: Chance
  /// Of the newer troubles, so that the older seeds keep their meaning.
  private var more: Chance
  private var said = 0
  private var crashes = 0
  private var kicks = 0
  /// Of what hosts decide.
  private var decisions: Chance

  package init(seed: UInt64, in session: MeshHarness) {
    self.seed = seed
    harness = session
    chance = Chance(seed: seed)
    more = Chance(seed: ~seed)
    decisions = Chance(seed: seed &* 3)
    harness.chance = Chance(seed: chance.next())
    harness.portsRefuse = chance.happens(500)
    if seed >= Self.firstOfMerges { harness.meeting = harness.now }
  }

  /// What the run broke; empty when all is well.
  package mutating func run() -> [String] {
    drawWeather()
    let steps = 5 + chance.below(60)
    let pace = 1 + chance.below(UInt64(120))
    for _ in 0..<steps where harness.laws.violations.isEmpty {
      trouble()
      if seed >= Self.firstOfMore { moreTrouble() }
      if seed >= Self.firstOfDecisions { decide() }
      harness.run(for: .milliseconds(chance.below(pace * 2)))
    }
    calm()
    // Voters that were never heard are given five seconds before somebody goes on without them.
    if harness.laws.violations.isEmpty, !unrest().isEmpty { harness.run(for: .seconds(9)) }
    if seed >= Self.firstOfMerges, harness.laws.violations.isEmpty, !unrest().isEmpty {
      comeBack()
      harness.run(for: .seconds(4))
    }
    return harness.laws.violations + (harness.laws.violations.isEmpty ? unrest() : [])
  }

  private mutating func drawWeather() {
    func maybe(_ limit: UInt64) -> UInt64 { chance.happens(500) ? 0 : chance.below(limit) }
    harness.weather.loss = maybe(300)
    harness.weather.duplication = maybe(100)
    harness.weather.delay = .microseconds(50 + chance.below(3_000))
    harness.weather.jitter = .microseconds(maybe(50_000))
    harness.weather.holding = maybe(100)
    harness.weather.hold = .milliseconds(maybe(800))
  }

  private mutating func trouble() {
    let members = harness.peers.indices.filter { harness.peers[$0].isMember }
    guard let index = members.isEmpty ? nil : chance.pick(members) else { return }
    switch chance.below(100) {
    case 0..<60: publish(at: index)
    case 60..<68: harness.pause(index, for: .milliseconds(chance.pick([20, 100, 400, 1_500, 5_000])))
    case 68..<74: cutLinks()
    case 74..<84: harness.weather.cut = []
    case 84..<90: crash(index)
    case 90..<95: crashReflector()
    case 95..<97: harness.leave(index)
    default: harness.join(MeshHarness.name(harness.peers.count))
    }
  }

  /// Seeds from here on know the newer troubles, too.
  package static let firstOfMore: UInt64 = 5_000

  private mutating func moreTrouble() {
    switch more.below(100) {
    case 0..<8:
      if let index = reflector { harness.stepDown(index) }
    case 8..<14 where seed >= Self.firstOfMerges: partition()
    case 14..<18 where seed >= Self.firstOfMerges: harness.weather.cut = []
    default: break
    }
  }

  /// Seeds from here on know partitions and lineages that meet again.
  package static let firstOfMerges: UInt64 = 10_000

  /// Two or three parts that hear nothing of each other, for up to four seconds.
  private mutating func partition() {
    let parts = 2 + more.below(2)
    let part = harness.peers.map { _ in more.below(UInt64(parts)) }
    harness.weather.cut = part.indices.flatMap { one in
      part.indices.filter { part[$0] != part[one] }.map { Weather.Link(one, $0) }
    }
    harness.run(for: .milliseconds(more.below(4_000)))
  }

  /// Seeds from here on know hosts that put members out and change the tick period.
  package static let firstOfDecisions: UInt64 = 20_000

  /// Anybody decides now and then; who may not is refused. Two are put out at most, and never one of two.
  private mutating func decide() {
    let members = harness.peers.indices.filter { harness.peers[$0].isMember && !harness.peers[$0].isAway }
    guard members.count > 2, decisions.happens(150) else { return }
    let host = decisions.pick(members)
    if decisions.happens(500), kicks < 2 {
      kicks += 1
      harness.decide(host, .kick(harness.peers[decisions.pick(members)].author.identity))
    } else {
      harness.decide(host, .tick(.milliseconds(decisions.pick([5, 10, 50, 100, 200]))))
    }
  }

  private var reflector: Int? {
    harness.peers.indices.first {
      harness.peers[$0].isMember && !harness.peers[$0].isAway && harness.peers[$0].mesh.isReflector
    }
  }

  private mutating func publish(at index: Int) {
    for _ in 0..<(1 + chance.below(4)) where !harness.peers[index].isAway {
      said += 1
      harness.publish("m\(said)", by: index)
    }
  }

  private mutating func cutLinks() {
    let count = harness.peers.count
    for _ in 0..<(1 + chance.below(3)) {
      let link = Weather.Link(chance.below(count), chance.below(count))
      harness.weather.cut.append(link)
      if chance.happens(600) { harness.weather.cut.append(Weather.Link(link.target, link.source)) }
    }
  }

  private mutating func crashReflector() {
    if let index = harness.peers.indices.first(where: {
      harness.peers[$0].isMember && harness.peers[$0].mesh.isReflector
    }) {
      crash(index)
    }
  }

  /// Kills a peer; mostly another run of it comes back.
  private mutating func crash(_ index: Int) {
    let others = harness.peers.indices.filter { harness.peers[$0].isMember && $0 != index }
    guard crashes < 3, !others.isEmpty else { return }
    crashes += 1
    harness.crash(index)
    if chance.happens(700) { harness.join(harness.peers[index].name, identity: harness.peers[index].author.identity) }
  }

  /// Faults end; those who are out come back as new runs.
  private mutating func calm() {
    harness.weather = Weather()
    for index in harness.peers.indices where harness.peers[index].pausedUntil != nil {
      harness.peers[index].pausedUntil = harness.now
    }
    harness.run(for: .milliseconds(2_500))
    for _ in 0..<2 {
      comeBack()
      harness.run(for: .milliseconds(2_000))
    }
  }

  private mutating func comeBack() {
    for index in harness.peers.indices where harness.peers[index].isAlive {
      let isMissed = harness.isStranded(index) && reflector != nil
      guard let reason = harness.peers[index].detachment ?? (isMissed ? .outvoted : nil) else { continue }
      guard [.evicted, .outvoted, .diverged].contains(reason) else { continue }
      harness.crash(index)
      harness.join(harness.peers[index].name, identity: harness.peers[index].author.identity)
    }
  }

  /// Liveness: in every lineage that has a quorum of living voters one reflector, all caught up, nothing unsent.
  private func unrest() -> [String] {
    var found: [String] = []
    let members = harness.peers.filter(\.isMember)
    for peer in members {
      let mesh = peer.mesh
      let fellows = members.filter { $0.mesh.lastNormal.lineage == mesh.lastNormal.lineage }
      let alive = fellows.map(\.member)
      // Who decides stands in the best log, not in that of one who fell behind.
      let best = fellows.map(\.mesh).max {
        ($0.lastNormal.term, $0.log.received) < ($1.lastNormal.term, $1.log.received)
      }
      let rosters = (best ?? mesh).log.head.rostersInForce(agreed: (best ?? mesh).agreed)
      let hasQuorum = Agreement.isQuorum(rosters) { alive.contains($0) }
      let votes = rosters.contains { $0.voters.contains(peer.member) }
      let canGoOn = hasQuorum || harness.policy == .available && votes
      guard canGoOn else { continue }
      let logged = mesh.log.head.authors.last(of: peer.author)
      guard mesh.isNormal, let reflector = members.first(where: { $0.member == mesh.reflector }) else {
        found.append(
          "liveness: \(peer.name) is \(mesh.phase.word) in \(mesh.promise.text), normal \(mesh.lastNormal.text), \(rosters.map(\.text)), alive \(alive.map(\.id.value))"
        )
        continue
      }
      if !reflector.mesh.isReflector || reflector.mesh.currentReign != mesh.currentReign {
        found.append("liveness: \(peer.name) follows \(reflector.name), which does not reflect for it")
      } else if mesh.log.received + 5 < reflector.mesh.log.received || mesh.agreed + 10 < mesh.log.received {
        found.append(
          "liveness: \(peer.name) agreed \(mesh.agreed) received \(mesh.log.received) of \(reflector.mesh.log.received)"
        )
      }
      if mesh.log.head.mayPublish(peer.author), !mesh.outbox.unordered(logged: logged).isEmpty {
        found.append("liveness: \(peer.name) has unordered messages")
      }
    }
    if seed >= Self.firstOfMerges { found += parting(members) + losses(members) }
    if harness.branches == 0, members.count(where: \.mesh.isReflector) > 1 { found.append("liveness: two reflectors") }
    return found
  }

  /// Under `available` all are in one lineage in the end, unless two trunks met.
  private func parting(_ members: [HarnessPeer]) -> [String] {
    guard harness.policy == .available, harness.rivals == 0 else { return [] }
    let lineages = Set(members.map(\.mesh.promise.lineage))
    return lineages.count <= 1
      ? []
      : [
        "liveness: \(lineages.count) lineages: " + members.map { "\($0.name) \($0.mesh.claim)" }.joined(separator: ", ")
      ]
  }

  /// Law 14, over all memberships of a process: what it said is in the log of its lineage, and nothing is twice in any.
  private func losses(_ members: [HarnessPeer]) -> [String] {
    var found: [String] = []
    for peer in members {
      let heard = peer.heard
      if Set(heard).count < heard.count { found.append("law 3: \(peer.name) hears a message twice") }
      guard peer.mesh.isNormal, peer.mesh.log.head.mayPublish(peer.author) else { continue }
      let witness = members.first { $0.mesh.promise == peer.mesh.promise && $0.hasHeardAll }
      guard let witness else { continue }
      let logged = peer.mesh.log.head.authors.last(of: peer.author)
      let waiting = peer.mesh.outbox.unordered(logged: logged).map { String(decoding: $0, as: UTF8.self) }
      let known = Set(witness.heard + waiting)
      let said = peer.moved.flatMap { harness.peers[$0].said } + peer.said
      let missing = said.filter { !known.contains($0) }
      if !missing.isEmpty { found.append("law 14: \(peer.name) said \(missing), and the log lacks it") }
    }
    return found
  }
}
