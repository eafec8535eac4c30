// The proof that a world computes here as it did elsewhere (VM rule 31).

extension Machine {
  /// Replays a golden log, by default the one that the world carries, and compares the digest of every tick: a peer
  /// that computes otherwise than the peer that recorded it must not vote (VM rule 31).
  ///
  ///     try Machine<Counter>.selfTest()
  ///
  /// A golden log is ``Timeline/exported(keyframes:)`` of a short recording. Returns how many ticks were compared: none
  /// for a world that carries no golden log. O(turns of the log).
  @discardableResult
  public static func selfTest(golden: [UInt8]? = W.goldenLog) throws(GoldenLogError) -> Int {
    guard let golden else { return 0 }
    let timeline: Timeline<W>
    do throws(TimelineError) {
      timeline = try Timeline(imported: golden)
    } catch {
      throw .unreadable(error)
    }
    if let divergence = timeline.verified() { throw .divergence(divergence) }
    return timeline.ticks.count - 1
  }
}

/// Why a golden log was not passed.
public enum GoldenLogError: Error, Hashable, Sendable {
  /// The bytes are no recording of this world as it is defined here.
  case unreadable(TimelineError)
  /// The world computes otherwise here.
  case divergence(Divergence)
}
