package import SeloCrypto
package import SeloMesh

/// Why a peer refused input: counted by the shell under its description, shown in transcripts, never thrown.
package enum PeerRejection: Error, Equatable, Sendable, CustomStringConvertible {
  /// No datagram of this protocol and version.
  case malformed
  /// A datagram or packet that a peer in this phase takes from nobody: one that was for the member it has been, or
  /// will be. Common while peers come and go.
  case untimely
  /// Sealed for a channel that is not open here.
  case unknownChannel
  case channel(ChannelError)
  /// A packet that does not decode; its sender is to blame.
  case badPacket
  /// A frame or envelope with a false signature.
  case badSignature
  /// Frames of a reflector that is not on the roster here.
  case unknownSigner
  /// More signatures wait to be checked than a peer will hold.
  case overloaded
  /// Something on the way in or out of the session: the door, a knock, a handshake; the text says what.
  case admission(String)
  /// A datagram that was to be passed on, or was.
  case relay(RelayRejection)
  /// A statement that nobody asked for, that is not its voter's, or that says something else than what is here.
  case statement(String)
  case mesh(Rejection)

  package var description: String {
    switch self {
    case .malformed: "malformed"
    case .untimely: "untimely"
    case .unknownChannel: "unknownChannel"
    case .channel(let error): "channel.\(error)"
    case .badPacket: "badPacket"
    case .badSignature: "badSignature"
    case .unknownSigner: "unknownSigner"
    case .overloaded: "overloaded"
    case .admission(let reason): "admission.\(reason)"
    case .relay(let rejection): "relay.\(rejection)"
    case .statement(let reason): "statement.\(reason)"
    case .mesh(let rejection): "mesh.\(rejection.rawValue)"
    }
  }
}

/// Why a datagram is not passed on, or not taken from one who passed it on.
package enum RelayRejection: Error, Equatable, Sendable, CaseIterable {
  /// It is for, or said to be from, nobody on the roster; or for or from the one who asks or passes on.
  case notMember
  /// Neither a sealed datagram nor a pair handshake: a member lends its voice to members only.
  case notRelayable
  /// No channel leads there from here.
  case unreachable
  /// More than one member may have passed on.
  case tooOften
  /// It is of another channel than that of the member it is said to be from.
  case otherSender
  /// A relay inside of a relay: one hop is all.
  case nested
}
