package import SeloVM
package import SeloWire

/// What is needed to find out why worlds differ: what one peer computed between two checkpoints, and in what the last
/// of them is not what another computed.
///
/// Whoever runs `frames` again on the world of `before` gets the digest `own`, the one of the other, or a third one:
/// then the world is no function of its messages.
package struct Evidence: Equatable, Sendable {
  /// A world at a checkpoint.
  package struct Moment: Equatable, Sendable {
    package let sequence: UInt64
    /// The machine's snapshot; empty when the world is too large to be written down by a peer that goes on.
    package let world: [UInt8]

    package init(sequence: UInt64, world: [UInt8]) {
      self.sequence = sequence
      self.world = world
    }
  }

  /// The agreed frame at which the digests differed.
  package let sequence: UInt64
  package let own: Bytes16
  package let other: Bytes16
  /// Log state at this peer's newest agreed frame, and the world at `sequence`: a session snapshot.
  package let snapshot: [UInt8]
  /// The last checkpoint before, at which nobody was known to differ; nil when this peer does not hold it.
  package let before: Moment?
  /// The frames behind `before` and up to `sequence`, or the last of them, as they were signed.
  package let frames: [[UInt8]]
  /// Whose world was looked at; nil when nobody answered in time, and then no difference is named.
  package internal(set) var comparedWith: String?
  /// Nodes and fields with both values: this peer's and the other's.
  package internal(set) var differences: [Difference] = []
}
