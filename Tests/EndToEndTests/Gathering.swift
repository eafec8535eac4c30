import Foundation
import SeloKit
import Testing

@testable import SeloCommand

/// Everything that keeps the processors busy with peers: one after the other.
@Suite(.serialized) enum RealProcesses {}

/// Peers of one session, each a process of its own that publishes at an even pace, and the ledger that judges them.
///
/// Nothing here trusts a clock: what is waited for is a state, and the wait ends after minutes only to say who stood
/// where. All processes end with this value, or with this process.
final class Gathering {
  final class Peer: Equatable {
    let name: String
    let host: Host?
    fileprivate let house: House
    fileprivate let log: String
    fileprivate(set) var child: Child?
    fileprivate var control: String?
    /// What it said of itself when it was asked last.
    fileprivate(set) var status: SessionStatus?

    fileprivate init(_ name: String, in house: House, on host: Host?) {
      self.name = name
      self.house = house
      self.host = host
      log = "\(house.path)/\(name).log"
    }

    static func == (left: Peer, right: Peer) -> Bool { left === right }

    /// The branches that it saved when it left them, as paths.
    var savedBranches: [String] {
      let folder = "\(house.path)/state/selo/saved"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter { $0.contains("@branch-") && !$0.hasSuffix(".txt") }.sorted().map { "\(folder)/\($0)" }
    }

    /// Whether it runs and is not stopped.
    var isAwake: Bool { child?.isRunning == true && child?.isPaused == false }

    /// Whether it is a member that has caught up.
    var isIn: Bool {
      guard let status, isAwake else { return false }
      return status.phase == "member" && status.isConnected && (status.standing != "learner" && status.standing != "")
    }
  }

  let peers: [Peer]
  var ledger = Ledger()
  /// The runs that were killed.
  private(set) var dead: [Ledger.Key] = []
  let network: Network?
  private let load: Int
  private let founding: [String]
  private let passphrase: String
  private var isFounded = false

  /// On loopback, or each peer on a host of its own, where nobody knows of others but by the network.
  init(peers count: Int, hosts: Bool = false, load: Int = 20, founding: [String] = []) throws {
    let network = hosts ? try Network(hosts: count) : nil
    let first = try House()
    self.network = network
    self.load = load
    self.founding = founding
    passphrase = try first.write("right horse battery\n", "passphrase")
    peers = try (0..<count).map { place in
      let house = network == nil || place == 0 ? first : try House(meeting: first)
      return Peer("p\(place + 1)", in: house, on: network?.hosts[place])
    }
  }

  deinit {
    for peer in peers { peer.child?.end() }
  }

  // MARK: Coming together

  /// Starts whoever does not run, so many at a time, and waits until all are members of one session.
  func gather(atOnce count: Int = 8) async throws {
    var started = running
    while started.count < peers.count {
      let next = peers.filter { !started.contains($0) }.prefix(count)
      for peer in next { try start(peer) }
      started += next
      try await until("\(started.count) are together") { areTogether(started) }
    }
  }

  /// Starts a peer with the identity that it has had before; the first ever founds, all others join.
  func start(_ peer: Peer) throws {
    var arguments = [isFounded ? "join" : "start", "gathering", "--headless", "--tether", "--name", peer.name]
    arguments += ["--passphrase-file", passphrase, "--identity", "\(peer.house.path)/\(peer.name).identity"]
    arguments += ["--load", "\(load)"] + (isFounded ? ["--wait", "180s"] : founding)
    peer.child = try peer.house.child(arguments, on: peer.host, log: peer.log)
    isFounded = true
  }

  /// Whether these are caught-up members of one lineage who follow one of them, and have each other on their rosters.
  func areTogether(_ some: [Peer]) -> Bool {
    let standings = some.filter(\.isIn).compactMap(\.status)
    guard standings.count == some.count, let first = standings.first else { return false }
    let names = Set(some.map(\.name))
    return names.contains(first.reflector)
      && standings.allSatisfy { status in
        status.lineage == first.lineage && status.term == first.term && status.reflector == first.reflector
          && names.isSubset(of: status.members.map(\.name))
      }
  }

  var running: [Peer] { peers.filter { $0.child?.isRunning == true } }

  var reflector: Peer {
    get throws { try #require(peers.first { $0.isIn && $0.status?.isReflector == true }) }
  }

  /// The oldest voter that does not reflect: the first to be asked when the reflector is silent.
  var successor: Peer {
    get throws {
      let members = try #require(try reflector.status?.members)
      let name = members.first { $0.standing == "voter" && !$0.isReflector }?.name
      return try #require(peers.first { $0.name == name })
    }
  }

  // MARK: Asking

  /// Asks every peer that is awake where it stands.
  func refresh() {
    for peer in peers {
      peer.child?.notice()
      guard peer.isAwake else { continue }
      let run = RunDirectory(path: peer.house.path + "/selo")
      if peer.control == nil, let entry = run.peers().first(where: { $0.pid == peer.child?.pid }) {
        peer.control = run.path(entry.control)
      }
      guard let control = peer.control, let status = status(control) else { continue }
      peer.status = status
      ledger.published(status)
    }
  }

  /// Waits until something has come to pass: for three minutes if it must be.
  func until(_ what: String, _ condition: () -> Bool) async throws {
    let limit = Clock.now() + .seconds(180)
    repeat {
      refresh()
      if condition() { return }
      try await Task.sleep(for: .milliseconds(100))
    } while Clock.now() < limit
    throw Stuck(what: what, account: account)
  }

  /// Waits until each of these has seen so many ticks agreed from here on.
  func untilAgreed(_ ticks: UInt64, by some: [Peer]) async throws {
    refresh()
    let before = some.map { $0.status?.agreed ?? 0 }
    try await until("\(ticks) more ticks are agreed") {
      zip(some, before).allSatisfy { peer, before in (peer.status?.agreed ?? 0) >= before + ticks }
    }
  }

  /// What a peer asked for, in words of the command line.
  func run(_ command: String, for peer: Peer) async throws -> Ended {
    try await peer.house.run(command, "gathering", "--name", peer.name, "--json", on: peer.host)
  }

  /// The same, without waiting for the answer.
  func begin(_ command: String, for peer: Peer) throws -> Running {
    try peer.house.start([command, "gathering", "--name", peer.name, "--json"], on: peer.host)
  }

  func audits(of some: [Peer], after tick: UInt64 = 0) -> [AuditReport] {
    some.compactMap { peer in peer.control.flatMap { audit($0, after: tick) } }
  }

  /// What the world looks like at a peer.
  func inspection(of peer: Peer) -> InspectReport? {
    peer.control.flatMap { try? ControlClient.ask($0, ControlRequest(.inspect), for: InspectReport.self) }
  }

  /// Whether all that run computed the same world at one agreed tick.
  func areWorldsEqual() -> Bool {
    let controls = running.compactMap(\.control)
    return controls.count == running.count && compareDigests(controls, until: Clock.now() + .seconds(60)).equal
  }

  /// Lines of what peers told that hold these words.
  func told(_ words: String, by some: [Peer]) -> [String] {
    some.flatMap { peer in
      peer.house.text(peer.log).split(separator: "\n").filter { $0.contains(words) }.map { "\(peer.name): \($0)" }
    }
  }

  // MARK: Harm

  /// SIGKILL, to all of them at once; what the log owes of the dead is what the survivors hold right after.
  func kill(_ victims: Peer...) {
    refresh()
    let survivors = peers.filter { !victims.contains($0) && $0.isAwake && $0.status?.standing == "voter" }
    let last = victims.compactMap { victim in victim.control.flatMap { status($0) } ?? victim.status }
    for victim in victims { victim.child?.kill() }
    bury(last, survivors: audits(of: survivors), victims)
  }

  /// SIGTERM: the peer leaves gracefully. Returns its exit code.
  func leave(_ peer: Peer) async throws -> CInt? {
    refresh()
    peer.child?.terminate()
    let last = try #require(peer.status)
    try await until("\(peer.name) has left") { peer.child?.isRunning == false }
    bury([last], survivors: audits(of: running.filter { $0.isAwake && $0.status?.standing == "voter" }), [peer])
    return peer.child?.exitCode
  }

  private func bury(_ last: [SessionStatus], survivors: [AuditReport], _ victims: [Peer]) {
    for status in last {
      ledger.died(status, survivors: survivors)
      dead.append(Ledger.Key(status))
    }
    for victim in victims {
      victim.status = nil
      victim.control = nil
    }
  }

  /// What everybody says, for those who have to find out why.
  var account: String {
    peers.map { peer in
      let last = peer.house.text(peer.log).split(separator: "\n").suffix(6).joined(separator: "\n      ")
      let state = peer.isAwake ? "awake" : peer.child?.isRunning == true ? "stopped" : "dead"
      let standing = peer.status.map {
        "\($0.phase) \($0.standing) of \($0.lineage.prefix(8)) term \($0.term) under \($0.reflector), "
          + "agreed \($0.agreed), received \($0.received), final \($0.final), outbox \($0.outbox), \($0.messages), "
          + "members \($0.members.map { "\($0.id) \($0.name) \($0.standing)" }), rejections \($0.rejections)"
      }
      return "    \(peer.name) is \(state): \(standing ?? "nothing known")\n      \(last)"
    }.joined(separator: "\n")
  }
}

/// Something did not come to pass.
struct Stuck: Error, CustomStringConvertible {
  let what: String
  let account: String

  var description: String { "it did not come to pass that \(what):\n\(account)" }
}

extension Child {
  /// Stops the process as SIGSTOP does while `act` runs.
  func stopped(while act: () async throws -> Void) async rethrows {
    pause(true)
    defer { pause(false) }
    try await act()
  }
}
