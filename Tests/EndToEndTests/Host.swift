import Foundation

/// A host of its own on this machine: a network namespace with one interface, `eth1`, on a bridge of the test's.
struct Host {
  static let ip = "/usr/sbin/ip"

  let name: String

  /// Whether namespaces can be made here: on Linux, as root, with iproute2.
  static var canBeMade: Bool {
    #if os(Linux)
      return getuid() == 0 && FileManager.default.isExecutableFile(atPath: ip)
    #else
      return false
    #endif
  }
}

/// Two hosts joined by a bridge, without any way to the outside.
struct TwoHosts: ~Copyable {
  let here: Host
  let there: Host
  private let bridge: String

  enum Family: String, CaseIterable { case v4, v6 }

  init(_ family: Family) throws {
    let number = UInt16.random(in: 0 ... .max)
    bridge = "selo\(number)br"
    here = Host(name: "selo\(number)a")
    there = Host(name: "selo\(number)b")
    try Self.ip("link", "add", bridge, "type", "bridge")
    try Self.ip("link", "set", bridge, "up")
    for (index, host) in [here, there].enumerated() {
      try Self.ip("netns", "add", host.name)
      try Self.ip("link", "add", "\(host.name)v", "type", "veth", "peer", "name", "eth1", "netns", host.name)
      try Self.ip("link", "set", "\(host.name)v", "master", bridge, "up")
      switch family {
      case .v4: try Self.ip("-n", host.name, "addr", "add", "10.77.0.\(index + 1)/24", "dev", "eth1")
      case .v6: try Self.ip("-n", host.name, "addr", "add", "fd77::\(index + 1)/64", "dev", "eth1", "nodad")
      }
      try Self.ip("-n", host.name, "link", "set", "lo", "up")
      try Self.ip("-n", host.name, "link", "set", "eth1", "up")
    }
  }

  deinit {
    for host in [here, there] { try? Self.ip("netns", "del", host.name) }
    try? Self.ip("link", "del", bridge)
  }

  private static func ip(_ arguments: String...) throws {
    let process = try Process.run(URL(fileURLWithPath: Host.ip), arguments: arguments)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(command: arguments.joined(separator: " ")) }
  }

  struct Failure: Error {
    let command: String
  }
}
