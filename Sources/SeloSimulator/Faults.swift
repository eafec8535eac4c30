/// What may go wrong in a simulation. How much is drawn from its seed, so that each seed has a weather of its own.
///
/// A fault that is named is always there. With ``all`` the seed also draws which ones are there, about half of them:
/// some troubles show only where others do not cover them up.
public struct Faults: OptionSet, Hashable, Sendable {
  /// One bit a fault.
  public let rawValue: UInt32

  /// The faults of these bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Datagrams vanish: 0.2 to 30 %.
  public static let loss = Faults(rawValue: 1 << 0)
  /// Datagrams come twice: up to 5 %.
  public static let duplication = Faults(rawValue: 1 << 1)
  /// Some datagrams are overtaken: held back for up to 50 ms.
  public static let reordering = Faults(rawValue: 1 << 2)
  /// The way takes up to 20 ms instead of 0.05 ms.
  public static let delay = Faults(rawValue: 1 << 3)
  /// Processes are killed; often the reflector, one who is just elected, or one with a roster change under way.
  public static let crash = Faults(rawValue: 1 << 4)
  /// The killed come back with the same identity, 20 ms to 4 s later.
  public static let restart = Faults(rawValue: 1 << 5)
  /// Processes are stopped for 50 ms to 12 s, as by SIGSTOP: what arrives meanwhile waits.
  public static let pause = Faults(rawValue: 1 << 6)
  /// The network falls into parts, one way or both, or loses some of its links, for 100 ms to 12 s.
  public static let partition = Faults(rawValue: 1 << 7)
  /// What a peer sends passes a line of 100 kB/s to 10 MB/s with a buffer of 200 ms.
  public static let bandwidth = Faults(rawValue: 1 << 8)
  /// Each clock begins elsewhere, is up to 5 % fast or slow, and jumps forward by up to 10 s.
  public static let clock = Faults(rawValue: 1 << 9)
  /// For one to ten seconds whatever happens to one peer, or to all, is noticed up to 400 ms late.
  public static let starvation = Faults(rawValue: 1 << 10)
  /// For two to ten seconds a peer takes no more than 1, 20 or 200 datagrams a second.
  public static let slowness = Faults(rawValue: 1 << 11)

  /// One member lies: to one or to all, several times a second, whatever its own key can sign and its channels carry.
  /// It is not among ``all``, because a liar's reigns are excused from some laws.
  public static let byzantine = Faults(rawValue: 1 << 12)

  /// A swarm: each seed draws which faults there are, and how much of each.
  public static let all = Faults(rawValue: (1 << 12) - 1)

  /// Every fault with its name, in the order in which they are listed.
  public static let named: [(name: String, fault: Faults)] = [
    ("loss", .loss), ("duplication", .duplication), ("reordering", .reordering), ("delay", .delay),
    ("crash", .crash), ("restart", .restart), ("pause", .pause), ("partition", .partition),
    ("bandwidth", .bandwidth), ("clock", .clock), ("starvation", .starvation), ("slowness", .slowness),
    ("byzantine", .byzantine),
  ]

  /// Reads `all`, `none` or names with commas; nil when a name is unknown.
  public init?(_ text: String) {
    if text == "all" {
      self = .all
    } else if text == "none" {
      self = []
    } else {
      var faults: Faults = []
      for name in text.split(separator: ",") {
        guard let known = Self.named.first(where: { $0.name == name }) else { return nil }
        faults.insert(known.fault)
      }
      self = faults
    }
  }

  /// The text that reads back as these faults.
  public var text: String {
    if self == .all { return "all" }
    let names = Self.named.filter { contains($0.fault) }.map(\.name)
    return names.isEmpty ? "none" : names.joined(separator: ",")
  }

  /// The faults that a simulation of this seed meets: these, or of a swarm those that the seed draws. Naming them
  /// instead of ``all`` gives the same simulation.
  public func drawn(by seed: UInt64) -> Faults {
    guard self == .all else { return self }
    var chance = Chance(seed: seed, stream: 100)
    var drawn: Faults = []
    for (_, fault) in Self.named where Self.all.contains(fault) && chance.below(UInt64(2)) == 0 { drawn.insert(fault) }
    // Who is killed mostly comes back: a simulation without anybody has nothing to show.
    if drawn.contains(.crash), chance.below(UInt64(4)) > 0 { drawn.insert(.restart) }
    return drawn
  }
}
