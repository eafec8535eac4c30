import SeloCrypto
package import SeloPeer
package import SeloWire

/// Where a peer stands, for people and scripts: *connected* (it is a member) is one thing, *in sync* another.
public struct SessionStatus: Codable, Equatable, Sendable {
  /// One line of the agreed roster.
  public struct Member: Codable, Equatable, Sendable {
    /// The member's name for people.
    public let name: String
    /// `k7f2·p9xw`, to compare aloud.
    public let fingerprint: String
    /// The member's public key in hexadecimal: who it is, in every run.
    public let identity: String
    /// The member's number in this lineage; the lowest voter is the oldest.
    public let id: UInt32
    /// learner, observer or voter.
    public let standing: String
    /// host, member or spectator.
    public let role: String
    /// Whether this member orders messages just now.
    public let isReflector: Bool
    /// Whether this member is the peer that was asked.
    public let isMe: Bool
    /// Nil before the first measurement.
    public let roundTripMilliseconds: Double?
  }

  /// Names this format, for those who read it as JSON.
  public private(set) var schema = "selo.status/1"
  /// The session's name.
  public let session: String
  /// This peer's name for people.
  public let name: String
  /// This peer's fingerprint, to compare aloud.
  public let fingerprint: String
  /// The identity's public key in hexadecimal.
  public let identity: String
  /// Name of the world definition.
  public let world: String
  /// The process.
  public let pid: Int32
  /// The run of the identity; newer runs have larger numbers.
  public let incarnation: UInt64
  /// Where the peer can be reached, as HOST:PORT.
  public let addresses: [String]
  /// seeking, entering, member, electing, halted or quarantined: the world is not shown because it differs from the
  /// others', and a fresh copy is under way.
  public let phase: String
  /// With phase halted: who is missing.
  public let missing: [String]
  /// The peer is a member and the session has a reflector.
  public let isConnected: Bool
  /// What this peer holds and what is agreed differ by less than five ticks.
  public let isInSync: Bool
  /// Names the path of the log from its founding to here: equal lineages, one session. Empty before there is one.
  public let lineage: String
  /// Whether that path is a branch that nobody has adopted: nothing becomes final on it, and it gives way to the trunk.
  public let isBranch: Bool
  /// Number of the term; 0 before there is one.
  public let term: UInt32
  /// Name of the reflector; empty when there is none.
  public let reflector: String
  /// Whether this peer orders messages just now.
  public let isReflector: Bool
  /// This peer's standing: learner, observer or voter; empty before it is a member.
  public let standing: String
  /// The newest tick that is held here without a gap.
  public let received: UInt64
  /// The newest tick that a quorum holds.
  public let agreed: UInt64
  /// The newest tick that is irrevocable.
  public let final: UInt64
  /// Virtual time of the agreed tick, in seconds.
  public let agreedSeconds: Double
  /// How often the world's time moves when nothing is published, in milliseconds; 0 before this peer is a member.
  public let tickPeriodMilliseconds: Double
  /// Hash of the frame at the agreed tick: equal chains, equal logs.
  public let agreedChain: String
  /// A quorum has confirmed that the world is the session's, or it was founded here.
  public let isVouched: Bool
  /// Digest of the world at the agreed tick; empty before there is one.
  public let agreedDigest: String
  /// The agreed roster, oldest first.
  public let members: [Member]
  /// Own messages on their way.
  public let outbox: Int
  /// Own messages published so far by this run: its newest author sequence.
  public let published: UInt64
  /// What came of the messages that the application gave this process, over all of its runs.
  public let messages: MessageCounters
  /// What this peer's sockets did.
  public let network: NetworkCounters
  /// Input that was refused, by reason.
  public let rejections: [String: UInt64]
}

/// What came of the messages that an application gave to its peer.
public struct MessageCounters: Codable, Equatable, Sendable {
  /// Taken: they will be ordered once.
  public var taken: UInt64 = 0
  /// Refused after `publish` had returned: by the world's `accepts`, or before this peer was a member.
  public var refused: UInt64 = 0
  /// Published again because only a branch held them.
  public var resubmitted: UInt64 = 0
  /// Of a branch and too many to be kept.
  public var lost: UInt64 = 0
}

/// What a peer's sockets did.
public struct NetworkCounters: Codable, Equatable, Sendable {
  /// Datagrams that arrived, that left, and that were dropped.
  public var received: UInt64 = 0
  public var sent: UInt64 = 0
  public var dropped: UInt64 = 0
  /// How often a socket failed and was made again.
  public var reopened: UInt64 = 0
  /// Announcements that left by multicast, and that no interface took.
  public var announced: UInt64 = 0
  public var notAnnounced: UInt64 = 0
  /// Own announcements that came back.
  public var echoed: UInt64 = 0
  /// Announcements of others.
  public var heard: UInt64 = 0
}

/// What does not change while a peer runs.
package struct PeerFacts: Sendable {
  package var session: String
  package var name: String
  package var world: String
  package var author: Author
  package var pid: Int32
  package var addresses: [String]

  package func description(_ control: String) -> RunDirectory.Description {
    RunDirectory.Description(
      session: session, name: name, world: world, fingerprint: author.identity.fingerprint, pid: pid,
      addresses: addresses, control: control)
  }
}

extension SessionStatus {
  package init(
    _ status: PeerStatus, of facts: PeerFacts, messages: MessageCounters, network: NetworkCounters,
    rejections: [String: UInt64]
  ) {
    session = facts.session
    name = facts.name
    fingerprint = facts.author.identity.fingerprint
    identity = hexadecimal(facts.author.identity.key.bytes)
    world = facts.world
    pid = facts.pid
    incarnation = facts.author.incarnation.value
    addresses = facts.addresses
    (phase, missing) = Self.text(status.phase)
    let me = status.members.first(where: \.isMe)
    isConnected = status.phase == .member && !status.reflector.isEmpty
    isInSync =
      status.phase == .member && me.map { $0.standing != .learner } == true
      && status.received - min(status.agreed, status.received) < 5
    lineage = status.lineage.map { hexadecimal($0.bytes.bytes) } ?? ""
    isBranch = status.isBranch
    term = status.term?.number ?? 0
    reflector = status.reflector
    isReflector = status.isReflector
    standing = me.map { Self.text($0.standing) } ?? ""
    received = status.received
    agreed = status.agreed
    final = status.final
    agreedSeconds = status.agreedTime.seconds
    tickPeriodMilliseconds = Double(status.tickPeriod.nanoseconds) / 1e6
    agreedChain = hexadecimal(status.agreedChain.bytes)
    isVouched = status.isVouched
    agreedDigest = status.agreedDigest.map { "\($0)" } ?? ""
    members = status.members.map(Member.init)
    outbox = status.outbox
    published = status.published
    self.messages = messages
    self.network = network
    self.rejections = rejections
  }

  static func text(_ phase: PeerPhase) -> (String, [String]) {
    switch phase {
    case .seeking: ("seeking", [])
    case .entering: ("entering", [])
    case .member: ("member", [])
    case .quarantined: ("quarantined", [])
    case .electing: ("electing", [])
    case .halted(let missing): ("halted", missing)
    }
  }

  fileprivate static func text(_ standing: Standing) -> String {
    switch standing {
    case .learner: "learner"
    case .observer: "observer"
    case .voter: "voter"
    }
  }
}

extension SessionStatus.Member {
  init(_ member: MemberStatus) {
    name = member.name
    fingerprint = member.identity.fingerprint
    identity = hexadecimal(member.identity.key.bytes)
    id = member.id.value
    standing = SessionStatus.text(member.standing)
    role =
      switch member.role {
      case .host: "host"
      case .member: "member"
      case .spectator: "spectator"
      }
    isReflector = member.isReflector
    isMe = member.isMe
    roundTripMilliseconds = member.roundTrip.map { Double($0) / 1e6 }
  }
}
