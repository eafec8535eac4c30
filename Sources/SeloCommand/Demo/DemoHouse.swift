import Foundation
import SeloKit
import SeloWire

/// The demo's peers: real processes with identities of their own, in a directory that goes with the demo.
final class DemoHouse {
  final class Peer {
    let name: String
    fileprivate(set) var child: Child?
    fileprivate(set) var control: String?
    fileprivate(set) var status: SessionStatus?

    fileprivate init(_ name: String) { self.name = name }

    var isRunning: Bool { child?.isRunning == true }
    var isPaused: Bool { child?.isPaused == true }
    var isVoter: Bool { isRunning && status?.phase == "member" && status?.standing == "voter" }
    var isReflector: Bool { isRunning && status?.isReflector == true }
  }

  static let names = ["ada", "bo", "cy", "dan", "eva", "finn", "gil"]

  let peers: [Peer]
  private(set) var ledger = Ledger()
  private let directory: String
  private let load: Int
  private let run: RunDirectory
  /// Announcements of the demo are its own: its passphrase opens no other session, and nobody else's opens its.
  private let discoveryPort = UInt16.random(in: 20_000...60_000)
  private var isFounded = false

  init(peers count: Int, load: Int) throws(SessionError) {
    self.load = load
    directory = "/tmp/selo-demo-\(getpid())-\(UInt16.random(in: 0 ... .max))"
    try PrivateFile.ensureDirectory(directory)
    run = RunDirectory(path: directory + "/selo")
    peers = Self.names.prefix(count).map(Peer.init)
    guard let secret = SessionSecret.generate() else {
      throw SessionError(
        .unavailable, "no passphrase could be made.", why: "libsodium does not work here.", remedy: "selo --version")
    }
    _ = try PrivateFile.make(Array(secret.text.utf8), at: directory + "/passphrase")
  }

  deinit {
    for peer in peers { peer.child?.end() }
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Starts whoever does not run; the first ever founds, all others join.
  func restartDead() throws(SessionError) {
    for peer in peers where !peer.isRunning { try start(peer) }
  }

  private func start(_ peer: Peer) throws(SessionError) {
    var environment = Environment.current
    environment["XDG_STATE_HOME"] = directory + "/" + peer.name
    environment["XDG_RUNTIME_DIR"] = directory
    environment["SELO_INTERFACE"] = "lo"
    environment["SELO_DISCOVERY_PORT"] = "\(discoveryPort)"
    let verb = isFounded ? "join" : "start"
    var arguments = [
      verb, "demo", "--headless", "--json", "--tether", "--name", peer.name, "--interface", "lo", "--world", "village",
      "--passphrase-file", directory + "/passphrase", "--load", "\(load)",
    ]
    if verb == "join" { arguments += ["--wait", "120s"] }
    peer.status = nil
    peer.control = nil
    peer.child = try Child(
      Self.program(), arguments, environment: environment, log: directory + "/\(peer.name).log")
    isFounded = true
  }

  /// Asks every peer where it stands.
  func refresh() {
    let running = run.peers()
    for peer in peers {
      peer.child?.notice()
      guard peer.isRunning, !peer.isPaused else { continue }
      if peer.control == nil, let entry = running.first(where: { $0.pid == peer.child?.pid }) {
        peer.control = run.path(entry.control)
      }
      guard let control = peer.control, let status = status(control) else { continue }
      peer.status = status
      ledger.published(status)
    }
  }

  /// Waits until every running peer is a voter, all in one term, and one of them reflects.
  func waitForVoters(_ patience: Delay) throws(SessionError) {
    let limit = Clock.now() + patience
    repeat {
      refresh()
      let running = peers.filter { $0.isRunning && !$0.isPaused }
      let terms = Set(running.map { $0.status?.term ?? 0 })
      if running.allSatisfy(\.isVoter), terms.count == 1, running.contains(where: \.isReflector) { return }
      usleep(20_000)
    } while Clock.now() < limit
    let standing = peers.map { "\($0.name): \(summary($0))" }.joined(separator: ", ")
    throw SessionError(
      .unavailable, "the demo's peers did not come together in \(patience.nanoseconds / 1_000_000_000) s.",
      why: "They stand like this: \(standing).\n  \(lastWords())",
      remedy: "selo demo again; if it stays, report it as a bug")
  }

  var reflector: Peer? { peers.first(where: \.isReflector) }

  /// Kills one peer and measures what the others make of it.
  func kill(_ victim: Peer, _ killed: (pid_t) -> Void = { _ in }) -> Failover {
    refresh()
    let survivors = peers.filter { $0 !== victim && $0.isRunning && !$0.isPaused }.compactMap(\.control)
    var meter = FailoverMeter(survivors: survivors, ledger: ledger)
    // Asked last, so that what it published is as new as can be.
    let last = victim.control.flatMap { status($0) } ?? victim.status
    let pid = victim.child?.pid ?? 0
    victim.child?.kill()
    killed(pid)
    let (failover, after) = meter.measure(dead: last)
    ledger = after
    victim.status = nil
    victim.control = nil
    return failover
  }

  /// Stops the load and waits until everything published is agreed everywhere; what is missing or double then.
  func finalCheck(_ patience: Delay) -> (lost: UInt64, duplicated: UInt64, digestsEqual: Bool) {
    for peer in peers { peer.child?.say("quiet") }
    let limit = Clock.now() + patience
    let controls = peers.filter { $0.isRunning && !$0.isPaused }.compactMap(\.control)
    var calm = 0
    var before: [UInt64] = []
    // Published counts that stay the same and are all agreed, ten times in a row: nothing is under way any more.
    while calm < 10, Clock.now() < limit {
      refresh()
      let published = peers.map { $0.status?.published ?? 0 }
      let audits = controls.compactMap { audit($0, after: .max) }
      calm = published == before && audits.count == controls.count && ledger.isSettled(audits) ? calm + 1 : 0
      before = published
      pauseBriefly()
    }
    let (lost, duplicated) = ledger.check(controls.compactMap { audit($0) })
    let compared = compareDigests(controls, until: Clock.now() + .seconds(10))
    return (lost, duplicated, compared.equal && controls.count == peers.filter(\.isRunning).count)
  }

  private func summary(_ peer: Peer) -> String {
    guard peer.isRunning else { return "dead" }
    return peer.status.map { "\($0.phase) \($0.standing) term \($0.term)" } ?? "not yet listening"
  }

  private func lastWords() -> String {
    peers.compactMap { peer in
      let log = (try? String(contentsOfFile: directory + "/\(peer.name).log", encoding: .utf8)) ?? ""
      return log.split(separator: "\n").last.map { "\(peer.name) said: \($0)" }
    }.joined(separator: "; ")
  }

  /// This very program.
  private static func program() -> String {
    #if os(Linux)
      "/proc/self/exe"
    #else
      Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
  }
}
