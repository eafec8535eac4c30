/// Everything that shapes an exhaustive search. Two searches with equal options come to the same report.
public struct ExhaustiveOptions: Hashable, Sendable {
  /// Peers in the session: 1 to 5; two and three is what a search gets somewhere with.
  public var peers: Int
  /// How many events follow each other at most: 1 to 200.
  public var depth: Int
  /// How many peers may die.
  public var crashes = 1
  /// How many messages may be published.
  public var messages = 1
  /// How many packets may come twice.
  public var duplicates = 0
  /// How many times a process may be stopped: its deadlines pass until something reaches it.
  public var stops = 0
  /// Policy `majority` instead of `available`.
  public var majority = false
  /// Where the search begins.
  public var start = ExhaustiveStart.calm
  /// The events of one order, each by its number among those that can happen: only this order is tried, and told.
  public var path: [Int] = []

  /// Options of a search; the other properties have values that fit most.
  public init(peers: Int, depth: Int) {
    self.peers = peers
    self.depth = depth
  }

  /// The options as `selo simulate --exhaustive` takes them.
  public var text: String {
    "--peers \(peers) --depth \(depth) --crashes \(crashes) --messages \(messages) --duplicates \(duplicates)"
      + " --stops \(stops) --policy \(majority ? "majority" : "available") --from \(start.rawValue)"
      + (path.isEmpty ? "" : " --path \(path.map(String.init).joined(separator: "."))")
  }
}
