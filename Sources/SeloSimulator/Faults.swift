/// What may go wrong in a simulation. How often is drawn from its seed, so that each seed has a weather of its own.
public struct Faults: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Datagrams vanish: up to 30 %.
  public static let loss = Faults(rawValue: 1 << 0)
  /// Datagrams come twice: up to 5 %.
  public static let duplication = Faults(rawValue: 1 << 1)
  /// Some datagrams are overtaken: held back for up to 50 ms.
  public static let reordering = Faults(rawValue: 1 << 2)
  /// The way takes up to 20 ms instead of 0.05 ms.
  public static let delay = Faults(rawValue: 1 << 3)
  /// Processes are killed, the reflector's first of all.
  public static let crash = Faults(rawValue: 1 << 4)
  /// The killed come back with the same identity.
  public static let restart = Faults(rawValue: 1 << 5)

  /// Processes are stopped for 50 ms to 5 s, as by SIGSTOP: what arrives meanwhile waits.
  public static let pause = Faults(rawValue: 1 << 6)

  public static let all: Faults = [.loss, .duplication, .reordering, .delay, .crash, .restart, .pause]

  /// Every fault with its name, in the order in which they are listed.
  public static let named: [(name: String, fault: Faults)] = [
    ("loss", .loss), ("duplication", .duplication), ("reordering", .reordering), ("delay", .delay),
    ("crash", .crash), ("restart", .restart), ("pause", .pause),
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
}

/// How often each fault happens in one simulation.
struct Weather: Sendable {
  var lossPermyriad: UInt64 = 0
  var duplicationPermyriad: UInt64 = 0
  var reorderingPermyriad: UInt64 = 0
  var delayNanoseconds: UInt64 = 50_000
  /// Mean nanoseconds between crashes; 0: none.
  var crashSpacing: UInt64 = 0
  var restarts = false
  /// Mean nanoseconds between pauses; 0: none.
  var pauseSpacing: UInt64 = 0

  init(_ faults: Faults, _ chance: inout Chance) {
    // Calm, moderate or rough, each fault by itself.
    if faults.contains(.loss) { lossPermyriad = [0, 20, 200, 1_000, 3_000][Int(chance.below(5))] }
    if faults.contains(.duplication) { duplicationPermyriad = [0, 50, 500][Int(chance.below(3))] }
    if faults.contains(.reordering) { reorderingPermyriad = [0, 100, 1_000][Int(chance.below(3))] }
    if faults.contains(.delay) { delayNanoseconds = [50_000, 300_000, 2_000_000, 20_000_000][Int(chance.below(4))] }
    if faults.contains(.crash) { crashSpacing = chance.between(3_000_000_000, 12_000_000_000) }
    restarts = faults.contains(.restart)
    if faults.contains(.pause) { pauseSpacing = [0, 4_000_000_000, 15_000_000_000][Int(chance.below(3))] }
  }

  /// The fair phase: nothing goes wrong any more.
  static let fair = Weather()

  private init() {}
}
