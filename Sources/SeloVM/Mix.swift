/// The finaliser of SplitMix64: a bijection of 64 bits whose output bits all depend on all input bits.
///
/// All identity in a world derives from it (VM rule 16): causes, node ids, random draws. O(1).
@inlinable
package func mix(_ value: UInt64) -> UInt64 {
  var word = value
  word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
  word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
  return word ^ (word >> 31)
}

/// Where the 64 bits that say what caused a message come from (VM rule 16).
///
/// Mixing is nested, never a bare xor of two names: two avatars once shared an id that way.
@usableFromInline
package enum Cause {
  package static let spawnTag: UInt64 = 0x5350_4157_4E00_0000

  /// The turn that starts a world.
  package static func start(seed: UInt64) -> UInt64 { mix(mix(seed)) }

  /// `authorKey` is 64 bits of H(identity ‖ incarnation).
  package static func external(authorKey: UInt64, authorSequence: UInt64) -> UInt64 {
    mix(mix(authorKey) &+ authorSequence)
  }

  /// `sequence` is that of the frame.
  package static func presence(_ presence: Presence, sequence: UInt64) -> UInt64 {
    mix(mix(presence.peer.value ^ presence.kind) &+ sequence)
  }

  /// A letter has the cause it was posted with, mixed with where it came from.
  package static func letter(_ letter: Letter) -> UInt64 { mix(letter.name) }

  /// The `ordinal`-th message, counted from one, sent by the turn with this `cause`.
  @inlinable package static func send(_ cause: UInt64, ordinal: UInt64) -> UInt64 {
    mix(cause &+ ordinal &* 0xD134_2543_DE82_EF95)
  }
}
