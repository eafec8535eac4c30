package import SeloPeer
import SeloWire

/// What a peer knows when it tells why it ended.
package struct EndFacts: Sendable {
  package var session: String
  package var interfaces: [NetworkInterface]
  package var network: NetworkCounters
  package var seconds: Double
  package var given: [String]
}

extension EndReason {
  /// The three-part text; nil when the application itself asked to leave.
  package func error(_ facts: EndFacts) -> SessionError? {
    let name = facts.session
    switch self {
    case .left:
      return nil
    case .nobody:
      return Self.nobody(facts)
    case .notAdmitted:
      return SessionError(
        .notAdmitted, "no session \"\(name)\" here takes this passphrase.",
        why:
          "Sessions answered, but either none is called \"\(name)\" or its passphrase is another: nobody is told which.",
        remedy: "check name and passphrase with somebody who is in; selo list shows what is visible")
    case .denied(let reason):
      return SessionError(
        .denied, "the session \"\(name)\" did not let this peer in.", why: reason.sentence, remedy: reason.remedy)
    case .otherWorld(let text):
      return SessionError(
        .otherWorld, "the session \"\(name)\" runs another world.", why: text,
        remedy: "join with the same world and version: --world NAME")
    case .replaced:
      return SessionError(
        .replaced, "a newer run of the same identity took this peer's place.",
        why: "Two processes spoke with one key, and the session keeps the newer one.",
        remedy: "stop one of them, or give each its own: --identity FILE")
    case .kicked:
      return SessionError(
        .denied, "a host put this peer out of the session \"\(name)\".",
        why: "A host decided so, and the session keeps it: this identity is refused as long as the session lasts.",
        remedy: "ask a host of the session")
    case .alreadyThere:
      return SessionError(
        .alreadyThere, "a session \"\(name)\" is already there.", why: "A listed session of this name answered.",
        remedy: "selo join \(name)")
    }
  }

  private static func nobody(_ facts: EndFacts) -> SessionError {
    let names = facts.interfaces.map(\.name).joined(separator: ", ")
    let network = facts.network
    var why = "Sent \(network.announced) announcements on \(names); heard \(network.heard) of others'"
    why +=
      network.echoed > 0
      ? ", and our own came back, so sending works here."
      : ", and not even our own came back: multicast does not work on this network."
    if !facts.given.isEmpty { why += " Nobody answered at \(facts.given.joined(separator: ", "))." }
    let isAlone = facts.interfaces.allSatisfy(\.isLoopback)
    why +=
      isAlone
      ? "\n  Only loopback was used, so only peers of this machine could answer."
      : "\n  Usual causes: Wi-Fi client isolation, a firewall on the other machine, different subnets or a VPN."
    let seconds = Int(facts.seconds.rounded())
    return SessionError(
      .nobody, "nobody answered on the network in \(seconds) s.", why: why,
      remedy: "skip discovery: selo join --peer 192.168.1.20:47653 \(facts.session)")
  }
}

extension DenyReason {
  var sentence: String {
    switch self {
    case .doorClosed: "Its door is closed: nobody new is taken in."
    case .banned: "This identity was put out and may not come back."
    case .full: "It has as many members as a session may have (\(Limits.members))."
    case .notApproved: "Nobody approved this peer."
    case .protocolVersion: "It speaks another version of the protocol."
    case .world: "It runs another world, or another version of it."
    case .duplicate: "A member with this identity is in already."
    case .halted: "It has halted: too few of its voters can be reached."
    }
  }

  var remedy: String {
    switch self {
    case .doorClosed, .notApproved: "ask a host to let you in, then join again"
    case .banned: "ask a host"
    case .full: "wait until somebody leaves"
    case .protocolVersion: "use the same version of selo on both machines: selo --version"
    case .world: "join with the same world and version: --world NAME"
    case .duplicate: "stop the other peer, or take another identity: --identity FILE"
    case .halted: "bring its missing voters back, then join again"
    }
  }
}
