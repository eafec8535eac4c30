/// Threads that a machine may run the turns of one round on, side by side. Results never depend on them (VM rule 29).
///
/// The machine itself has no thread and no clock: this is how a host lends it some. It asks before every round that
/// is not too small, and may be told to stay alone, since two threads pay only for rounds of much work.
public protocol Lanes {
  /// Rounds of fewer messages are not asked about: asking would cost more than it could win. The default is two.
  var smallestRound: Int { get }

  /// How many lanes a round of that many messages is worth: 1 to 64. Asked on the machine's own thread.
  func width(forRoundOf messages: Int) -> Int

  /// The round that was asked about has been run, with that many lanes.
  func didRun(_ messages: Int, width: Int)

  /// Calls `lane` once for each number below `width`, on threads of its choice, and returns when all have returned.
  func run(width: Int, _ lane: @Sendable (Int) -> Void)
}

extension Lanes {
  /// Two: a message alone needs no company.
  public var smallestRound: Int { 2 }
  /// Learns nothing.
  public func didRun(_ messages: Int, width: Int) {}
}
