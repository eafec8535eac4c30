package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A network interface that is up and has an address.
package struct NetworkInterface: Equatable, Sendable {
  package let name: String
  package let index: UInt32
  package let isLoopback: Bool
  package let hasMulticast: Bool
  /// Its addresses, IPv4 first, each with port 0; link-local IPv6 ones carry the interface as scope.
  package let addresses: [Endpoint]

  package func addresses(_ family: Endpoint.Family) -> [Endpoint] { addresses.filter { $0.family == family } }

  /// The families in which announcements leave here. On loopback IPv4 only: Linux refuses to send IPv6 multicast there.
  package var multicastFamilies: [Endpoint.Family] {
    guard hasMulticast || isLoopback else { return [] }
    let families: [Endpoint.Family] = isLoopback ? [.v4] : [.v4, .v6]
    return families.filter { !addresses($0).isEmpty }
  }

  /// Every interface of this machine that is up and has an address, in the system's order.
  package static func usable() throws(SocketError) -> [NetworkInterface] {
    var list: UnsafeMutablePointer<ifaddrs>?
    try checked("getifaddrs") { getifaddrs(&list) }
    defer { freeifaddrs(list) }
    var found: [NetworkInterface] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ifa_next
      guard let (name, address) = address(of: entry) else { continue }
      let place = found.firstIndex { $0.name == name }
      let known = place.map { found.remove(at: $0) }
      let flags = Int(entry.ifa_flags)
      let interface = NetworkInterface(
        name: name, index: if_nametoindex(name), isLoopback: flags & Self.loopback != 0,
        hasMulticast: flags & Self.multicast != 0, addresses: ((known?.addresses ?? []) + [address]).sorted())
      found.insert(interface, at: place ?? found.count)
    }
    return found
  }

  /// The interfaces a peer uses: the one that is named, else all that can reach others, else loopback.
  package static func chosen(_ name: String?) throws(SessionError) -> [NetworkInterface] {
    let all = (try? usable()) ?? []
    guard let name else {
      if !all.isEmpty { return all }
      throw SessionError(
        .noInterface, "this machine has no network interface that is up.",
        why: "Not even loopback has an address, so peers could not meet on this machine either.",
        remedy: "ip link set lo up")
    }
    if let interface = all.first(where: { $0.name == name }) { return [interface] }
    let names = all.map(\.name).joined(separator: ", ")
    throw SessionError(
      .noInterface, "there is no usable network interface \"\(name)\" here.",
      why: names.isEmpty ? "No interface is up and has an address." : "Up and with an address are: \(names).",
      remedy: "--interface \(all.first?.name ?? "lo"), or unset SELO_INTERFACE to use all of them")
  }

  private static func address(of entry: ifaddrs) -> (String, Endpoint)? {
    let flags = Int(entry.ifa_flags)
    guard flags & up != 0, let raw = entry.ifa_addr, let endpoint = Endpoint(raw) else { return nil }
    return (String(cString: entry.ifa_name), endpoint)
  }

  private static let (up, loopback, multicast) = (Int(IFF_UP), Int(IFF_LOOPBACK), Int(IFF_MULTICAST))
}
