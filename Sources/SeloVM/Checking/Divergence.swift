/// Where two runs of one world begin to differ: tick, message, node, field (VM rule 28), and why that usually happens.
///
///     tick 3 (150000000 ns), after .step to Tally: Tally.order: ["b", "a"], not ["a", "b"]
///     usual cause: a Dictionary or Set in the state; …
public struct Divergence: Error, Hashable, Sendable, CustomStringConvertible {
  /// The first tick whose end differs, as the ``Timeline`` counts.
  public let tick: Int
  /// The first virtual time at which they differ, as far as it could be told.
  public let time: VirtualTime
  /// The message after which they differ, as far as it could be told: its words and its target.
  public let message: String?
  /// What differs, the root first; empty when only the digest of the other run is known.
  public let differences: [Difference]
  /// Why such worlds usually differ.
  public let suspicion: Suspicion

  /// The usual causes.
  public enum Suspicion: Hashable, Sendable, CustomStringConvertible {
    /// A `Dictionary` or `Set` in the state.
    case unorderedCollection
    /// A number that is none, with bits that no snapshot keeps.
    case notANumber
    /// An object in the state, which forks and snapshots can not copy.
    case sharedReference
    /// A field that does not come back from its own bytes as it was.
    case forgottenField
    /// Something outside of the state.
    case hiddenState
    /// The two were not told the same.
    case otherDeliveries
    /// A snapshot that its own world refuses.
    case unreadableSnapshot(SnapshotError)

    public var description: String {
      switch self {
      case .unorderedCollection:
        "a Dictionary or Set in the state; its order differs between processes and between decoded twins: use Table"
      case .notANumber: "a NaN with bits of its own; a snapshot keeps one pattern only: never look at the bits of a NaN"
      case .sharedReference:
        "a class in the state; what one machine changes, its forks and frozen worlds see: use structs"
      case .forgottenField: "write(to:) or init(from:) leaves the field out, or reads it otherwise than it was written"
      case .hiddenState:
        "something that is not state: a global variable, a clock, hashValue or Hasher, a random number of the system"
      case .otherDeliveries: "the two were not told the same messages"
      case .unreadableSnapshot(let error): "init(from:) refuses what write(to:) wrote: \(error)"
      }
    }
  }

  public var description: String {
    let place = "tick \(tick) (\(time.nanoseconds) ns)" + (message.map { ", after \($0)" } ?? "")
    let fields = differences.isEmpty ? "the digests differ" : differences.map(\.description).joined(separator: "; ")
    return "\(place): \(fields)\nusual cause: \(suspicion)"
  }
}

extension Divergence {
  /// Names what differs, and suspects what the nature of the first field says, or else `standard`.
  init(
    tick: Int, time: VirtualTime, message: String?, _ details: [DetailedDifference], otherwise standard: Suspicion
  ) {
    self.tick = tick
    self.time = time
    self.message = message
    differences = details.map(\.difference)
    let natures = details.lazy.map(\.nature).compactMap { Suspicion($0) }
    suspicion = natures.first ?? standard
  }
}

extension Divergence.Suspicion {
  fileprivate init?(_ nature: FieldComparison.Nature) {
    switch nature {
    case .plain: return nil
    case .unordered: self = .unorderedCollection
    case .reference: self = .sharedReference
    case .notANumber: self = .notANumber
    }
  }
}
