/// A peer came or went, as the world hears it: part of the log, so every peer's world hears it at the same point.
public enum Presence: Hashable, Sendable {
  /// The peer takes part from here on. The name is what its user chose; names are not unique.
  case joined(PeerID, name: String)
  /// The peer left, or was found to be gone.
  case left(PeerID)

  /// Whom it is about.
  public var peer: PeerID {
    switch self {
    case .joined(let peer, _), .left(let peer): peer
    }
  }

  /// What distinguishes the causes of joining and leaving.
  var kind: UInt64 {
    switch self {
    case .joined: 0x4A4F_494E
    case .left: 0x4C45_4654
    }
  }
}
