public import SeloVM
import SeloWire

/// Everything that shapes one simulation. Two runs with equal options are equal to the byte.
public struct SimulationOptions: Hashable, Sendable {
  /// What all chance comes from.
  public var seed: UInt64
  /// Peers in the session: 1 to 64.
  public var peers: Int
  /// Virtual time under faults; a fair phase follows in which everything must heal.
  public var duration: Delay
  /// What may go wrong.
  public var faults: Faults
  /// Policy `majority` instead of `available`.
  public var majority = false
  /// Messages a second that each peer publishes; 0 to 1,000.
  public var messagesPerSecond: UInt64 = 20
  /// Whether all peers start within 50 ms and any of them may found; else the first founds and the others come later.
  public var together = false
  /// Troubles that do not happen, by their numbers in the run: what shrinking leaves out.
  public var spared: [Int] = []
  /// Whether every step is written to `Simulation.trace`. It changes nothing else.
  public var traced = false
  /// The built-in world by which `selo simulate` can run this again; nil in a program with a world of its own.
  public var commandWorld: String?

  /// Options of one simulation; the other properties have values that fit most.
  public init(seed: UInt64, peers: Int, duration: Delay, faults: Faults = .all) {
    self.seed = seed
    self.peers = peers
    self.duration = duration
    self.faults = faults
  }

  /// The options as the command line takes them; `init(_:)` reads them back.
  public var text: String {
    "--seed \(seed) --peers \(peers) --for \(duration.nanoseconds / 1_000_000)ms --faults \(faults.text)"
      + " --policy \(majority ? "majority" : "available") --rate \(messagesPerSecond)"
      + (spared.isEmpty ? "" : " --spare \(spared.map(String.init).joined(separator: ","))")
      + (together ? " --start together" : "")
  }

  /// Reads what ``text`` says: pairs of a name and a value. What is left out is as with `init(seed:peers:duration:)`
  /// for seed 1, 5 peers and 30 s. Nil when a name or a value is unknown.
  public init?(_ text: String) {
    self.init(seed: 1, peers: 5, duration: .seconds(30))
    let words = text.split(separator: " ").map(String.init)
    guard words.count % 2 == 0 else { return nil }
    for place in stride(from: 0, to: words.count, by: 2) {
      guard read(words[place], words[place + 1]) else { return nil }
    }
  }

  private mutating func read(_ name: String, _ value: String) -> Bool {
    switch name {
    case "--seed": return assign(UInt64(value), to: \.seed)
    case "--peers": return assign(Int(value).flatMap { (1...64).contains($0) ? $0 : nil }, to: \.peers)
    case "--for":
      let milliseconds = value.hasSuffix("ms") ? UInt64(value.dropLast(2)) : nil
      return assign(milliseconds.map { .milliseconds($0) }, to: \.duration)
    case "--faults": return assign(Faults(value), to: \.faults)
    case "--policy": return assign(["available": false, "majority": true][value], to: \.majority)
    case "--start": return assign(["apart": false, "together": true][value], to: \.together)
    case "--rate": return assign(UInt64(value).flatMap { $0 <= 1_000 ? $0 : nil }, to: \.messagesPerSecond)
    case "--spare": return assign(Self.numbers(value), to: \.spared)
    default: return false
    }
  }

  /// Numbers from 1 on, with commas; nil when one of them is none.
  public static func numbers(_ text: String) -> [Int]? {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    return words.allSatisfy { $0 > 0 } ? words : nil
  }

  private mutating func assign<Value>(_ value: Value?, to place: WritableKeyPath<Self, Value>) -> Bool {
    guard let value else { return false }
    self[keyPath: place] = value
    return true
  }
}
