import Foundation

/// A host of its own on this machine: a network namespace with one interface, `eth1`.
struct Host: Equatable {
  static let ip = "/usr/sbin/ip"
  static let nft = "/usr/sbin/nft"

  let name: String
  /// Without the length of its prefix.
  let address: String

  /// Why namespaces cannot be made here; nil when they can.
  static var obstacle: String? {
    #if os(Linux)
      if getuid() != 0 { return "network namespaces need root" }
      return FileManager.default.isExecutableFile(atPath: ip) ? nil : "iproute2 is not installed (\(ip))"
    #else
      return "network namespaces need Linux"
    #endif
  }

  /// Why datagrams cannot be dropped between namespaces here; nil when they can.
  static var filterObstacle: String? {
    obstacle ?? (FileManager.default.isExecutableFile(atPath: nft) ? nil : "nftables is not installed (\(nft))")
  }

  /// Drops whatever comes from these hosts, multicast included.
  func drop(from others: [Host]) throws {
    let addresses = others.map(\.address).joined(separator: ", ")
    try filter("ip saddr { \(addresses) } drop")
  }

  /// Drops so many of a hundred packets that arrive, by lot.
  func drop(percent: Int) throws { try filter("numgen random mod 100 < \(percent) drop") }

  /// Lets everything in again.
  func dropNothing() throws { try system("netns", "exec", name, Host.nft, "flush ruleset") }

  private func filter(_ rule: String) throws {
    try dropNothing()
    for command in ["table inet selo", "chain inet selo arriving { type filter hook input priority 0; }"] {
      try system("netns", "exec", name, Host.nft, "add \(command)")
    }
    try system("netns", "exec", name, Host.nft, "add rule inet selo arriving \(rule)")
  }
}

/// Hosts on one bridge, without any way to the outside. Everything lies in namespaces that carry this process's id, so
/// that a network whose tests were killed is known for what it is, and goes before the next one comes.
final class Network {
  enum Family: String, CaseIterable { case v4, v6 }

  let hosts: [Host]
  /// The namespace that holds the bridge and the hosts' cables.
  private let middle: String

  init(hosts count: Int, _ family: Family = .v4) throws {
    try Self.removeAbandoned()
    let name = "\(Self.prefix)\(getpid())-\(UInt16.random(in: 0 ... .max))"
    middle = name
    hosts = (1...count).map { number in
      Host(name: "\(name)-\(number)", address: family == .v4 ? "10.77.0.\(number)" : "fd77::\(number)")
    }
    do { try connect(family) } catch {
      remove()
      throw error
    }
  }

  deinit { remove() }

  private func connect(_ family: Family) throws {
    try system("netns", "add", middle)
    try system("-n", middle, "link", "add", "bridge", "type", "bridge")
    try system("-n", middle, "link", "set", "bridge", "up")
    for (number, host) in hosts.enumerated() {
      try system("netns", "add", host.name)
      try system(
        "-n", middle, "link", "add", "host\(number)", "type", "veth", "peer", "name", "eth1", "netns", host.name)
      try system("-n", middle, "link", "set", "host\(number)", "master", "bridge", "up")
      switch family {
      case .v4: try system("-n", host.name, "addr", "add", "\(host.address)/24", "dev", "eth1")
      case .v6: try system("-n", host.name, "addr", "add", "\(host.address)/64", "dev", "eth1", "nodad")
      }
      try system("-n", host.name, "link", "set", "lo", "up")
      try system("-n", host.name, "link", "set", "eth1", "up")
    }
  }

  /// The bridge and the cables go with their namespaces.
  private func remove() {
    for name in hosts.map(\.name) + [middle] { try? system("netns", "del", name) }
  }

  private static let prefix = "selo-test-"

  private static func removeAbandoned() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? []
    for name in names where name.hasPrefix(prefix) {
      let owner = name.dropFirst(prefix.count).prefix { $0.isNumber }
      if let owner = pid_t(owner), kill(owner, 0) != 0, errno == ESRCH { try system("netns", "del", name) }
    }
  }
}

struct CommandFailure: Error {
  let command: String
  let said: String
}

/// Runs iproute2 and waits for it.
private func system(_ arguments: String...) throws {
  let process = Process()
  let errors = Pipe()
  process.executableURL = URL(fileURLWithPath: Host.ip)
  process.arguments = arguments
  process.standardError = errors
  try process.run()
  let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw CommandFailure(command: arguments.joined(separator: " "), said: said)
  }
}
