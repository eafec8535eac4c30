import SeloVM

/// A way to run a program that must not matter: on lanes, by forks, rolled back, by way of snapshots, in pieces.
package struct Variant: Hashable, Sendable {
  package enum Dispatch: Hashable, Sendable {
    /// The machine alone.
    case alone
    /// So many lanes, one after the other in an order of chance; zero: a width of chance for each round.
    case shuffled(Int)
    /// So many lanes on threads.
    case threads(Int)
  }

  package var dispatch: Dispatch
  package var forks = false
  package var rollbacks = false
  package var restores = false
  package var pieces = false
  /// Where it forks, rolls back, …
  package var seed: UInt64

  package init(
    _ dispatch: Dispatch = .alone, forks: Bool = false, rollbacks: Bool = false, restores: Bool = false,
    pieces: Bool = false, seed: UInt64
  ) {
    self.dispatch = dispatch
    self.forks = forks
    self.rollbacks = rollbacks
    self.restores = restores
    self.pieces = pieces
    self.seed = seed
  }

  /// Each way alone, and everything at once.
  package static func all(seed: UInt64) -> [Variant] {
    var chance = Chance(seed: seed)
    var all = [Variant(seed: seed)]
    for width in 2...4 { all.append(Variant(.shuffled(width), seed: chance.next() >> 32)) }
    for width in 2...4 { all.append(Variant(.threads(width), seed: chance.next() >> 32)) }
    all.append(Variant(forks: true, seed: chance.next() >> 32))
    all.append(Variant(rollbacks: true, seed: chance.next() >> 32))
    all.append(Variant(restores: true, seed: chance.next() >> 32))
    all.append(Variant(pieces: true, seed: chance.next() >> 32))
    for dispatch in [Dispatch.alone, .shuffled(0), .shuffled(0), .threads(3)] {
      all.append(
        Variant(
          dispatch, forks: true, rollbacks: true, restores: true, pieces: true, seed: chance.next() >> 32))
    }
    return all
  }

  var lanes: (any Lanes)? {
    switch dispatch {
    case .alone: nil
    case .shuffled(let width): ShuffledLanes(width == 0 ? nil : width, seed: seed)
    case .threads(let width): ThreadedLanes(width)
    }
  }
}
