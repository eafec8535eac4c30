import SeloMesh
import SeloWire
import SeloWorlds
import Testing

@testable import SeloSimulator

/// Single links that carry nothing: PROTOCOL section 5, "Relay", scenarios 17 to 20, with whole peers.
@Suite struct LinkTests {
  typealias Network = Simulation<Counter>

  /// Peers that are all members; the first one reflects.
  private func network(of count: Int, cutFromTheBeginning cut: [(Int, Int)] = []) -> Network {
    var options = SimulationOptions(seed: 5, peers: count, duration: .seconds(600), faults: [])
    options.messagesPerSecond = 4
    let network = Network(options) { number, author in Counter.workload(number, author: author) }
    network.partition.cut(cut, among: count)
    network.run(for: .seconds(5))
    #expect(network.meshes.count == count)
    #expect(network.meshes.first?.isReflector == true)
    return network
  }

  /// After a while with these links cut all are where they were: one reflector, one term, nobody was dropped, and what
  /// everybody says is agreed by everybody.
  private func expectUnmoved(_ network: Network, cutting links: [(Int, Int)], for time: Delay = .seconds(14)) {
    let before = network.meshes
    network.partition.cut(links, among: network.peers.count)
    network.run(for: time)
    network.expectOneSession()
    #expect(network.meshes.map(\.promise) == before.map(\.promise), "the term changed")
    #expect(network.meshes.map(\.facts.me) == before.map(\.facts.me), "somebody was dropped")
    #expect(network.report.coverage[.relayed, default: 0] > 0)
    for (mesh, old) in zip(network.meshes, before) {
      #expect(mesh.agreed > old.agreed + time.nanoseconds / 40_000_000, "\(mesh.facts.me) hardly moved")
    }
  }

  @Test func scenario17AFollowerDoesNotHearItsReflector() {
    expectUnmoved(network(of: 3), cutting: [(0, 2)])
  }

  @Test func scenario18TheReflectorDoesNotHearAFollower() {
    expectUnmoved(network(of: 3), cutting: [(2, 0)])
  }

  @Test func scenario18TheReflectorHearsNobody() {
    let network = network(of: 4)
    network.partition.cut([(1, 0), (2, 0), (3, 0)], among: 4)
    network.run(for: .seconds(4))
    // The others go on under one of them, in one term more and no further.
    let others = Array(network.meshes.dropFirst())
    #expect(others.count == 3 && Set(others.map(\.promise)).count == 1)
    #expect(others.count(where: \.isReflector) == 1)
    #expect(others.first?.promise.term.number == 2)
  }

  @Test(arguments: [(0, 2), (1, 2)]) func scenario19OneLinkIsMissing(link: (Int, Int)) {
    let network = network(of: 5)
    let links = [link, (link.1, link.0)]
    if link.0 == 0 {
      expectUnmoved(network, cutting: links)
    } else {
      network.partition.cut(links, among: 5)
    }
    // Nor does it hinder an election.
    network.peers[0].crash()
    network.run(for: .seconds(1))
    network.expectOneSession()
    #expect(network.meshes.first?.promise.term.number ?? 9 <= 3)
  }

  @Test func scenario19ALinkThatNeverWorked() {
    let network = network(of: 4, cutFromTheBeginning: [(0, 2), (2, 0), (1, 3), (3, 1)])
    network.run(for: .seconds(16))
    network.expectOneSession()
    #expect(network.report.joins == 4)
    #expect(network.report.failovers == 0)
  }

  /// Peers 0, 1 and 2 know each other, 3 hears 1 only and 4 hears 2 only.
  private static let onlyTwoLinks = [0, 1, 2, 3, 4].flatMap { one in
    [3, 4].filter { other in one != other && ![[1, 3], [2, 4]].contains([one, other].sorted()) }
      .flatMap { [(one, $0), ($0, one)] }
  }

  @Test func scenario20TwoHangOnOneLinkEach() {
    let network = network(of: 5)
    expectUnmoved(network, cutting: Self.onlyTwoLinks)
    network.peers[0].crash()
    network.run(for: .seconds(15))
    network.expectOneSession()
    let number = network.meshes.first?.promise.term.number ?? 9
    #expect(number <= 4, "\(number) terms")
  }

  /// In a chain those who are further off than one hop are no help and no harm: the others go on undisturbed.
  @Test func scenario20AChainReachesOneHop() {
    let network = network(of: 5)
    let links = (0..<5).flatMap { one in (0..<5).filter { abs(one - $0) > 1 }.map { (one, $0) } }
    network.partition.cut(links, among: 5)
    network.run(for: .seconds(5))
    let near = network.meshes.prefix(3)
    #expect(near.count(where: \.isReflector) == 1)
    #expect(Set(near.map(\.promise)).count == 1 && near[0].promise.term.number <= 2)
    network.run(for: .seconds(12))
    #expect(network.meshes.prefix(3).map(\.promise) == near.map(\.promise), "elections without end")
    #expect(network.meshes.prefix(3).map(\.agreed).min() ?? 0 > near[0].agreed + 300)
    network.partition.heal()
    network.run(for: .seconds(20))
    network.expectOneSession()
  }

  /// When the link works again nothing takes the detour any more.
  @Test func theDirectWayIsPreferred() {
    let network = network(of: 3)
    network.partition.cut([(0, 2), (2, 0)], among: 3)
    network.run(for: .seconds(2))
    network.partition.heal()
    network.run(for: .seconds(2))
    let count = network.report.coverage[.relayed, default: 0]
    #expect(count > 0)
    network.run(for: .seconds(5))
    #expect(network.report.coverage[.relayed] == count)
  }
}

extension Simulation {
  fileprivate func run(for time: Delay) { run(until: now + time) }

  fileprivate var meshes: [Mesh] { peers.compactMap(\.mesh) }

  /// All who live follow one reflector, agree, and have nothing unsent of more than a second ago.
  fileprivate func expectOneSession() {
    let meshes = self.meshes
    #expect(report.violations == [])
    #expect(meshes.count == peers.count(where: \.isAlive))
    #expect(Set(meshes.map(\.promise)).count == 1, "\(meshes.map(\.promise.term))")
    #expect(meshes.count(where: \.isReflector) == 1)
    let agreed = meshes.map(\.agreed)
    #expect((agreed.max() ?? 0) - (agreed.min() ?? 0) <= 10, "\(agreed)")
    for mesh in meshes {
      #expect(mesh.isNormal)
      #expect(mesh.outbox.unordered(logged: mesh.log.head.authors.last(of: mesh.facts.author)).count <= 5)
    }
  }
}
