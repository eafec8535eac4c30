/// A handshake as data, in the words of Noise §7: who sends which keys, and which of them meet.
package struct HandshakePattern: Equatable, Sendable {
  package enum Token: String, Sendable {
    case e, s, ee, es, se, ss, psk
  }

  /// `XXpsk0`; becomes part of the protocol name and so of every key.
  package let name: String
  /// What the other side knows of each before the first message.
  package let initiatorKnown: [Token]
  package let responderKnown: [Token]
  /// Alternating messages, the initiator's first.
  package let messages: [[Token]]

  package init(
    _ name: String, initiatorKnown: [Token] = [], responderKnown: [Token] = [], messages: [[Token]]
  ) {
    self.name = name
    self.initiatorKnown = initiatorKnown
    self.responderKnown = responderKnown
    self.messages = messages
  }

  /// The pattern with modifiers psk0, psk1 … (Noise §9.4): 0 begins the first message, n ends the n-th.
  package func withPsk(_ positions: Int...) -> HandshakePattern {
    var messages = messages
    for position in positions where position <= messages.count && !messages.isEmpty {
      if position == 0 { messages[0].insert(.psk, at: 0) } else { messages[position - 1].append(.psk) }
    }
    return HandshakePattern(
      name + positions.map { "psk\($0)" }.joined(separator: "+"), initiatorKnown: initiatorKnown,
      responderKnown: responderKnown, messages: messages)
  }

  /// Noise §9.2: with a psk every ephemeral key is mixed into the chaining key too.
  var usesPsk: Bool { messages.contains { message in message.contains(.psk) } }

  var protocolName: String { "Noise_\(name)_25519_ChaChaPoly_BLAKE2b" }

  /// How strangers that share a passphrase join: both statics travel sealed, the psk comes from the password exchange.
  package static let xxPsk0 = HandshakePattern("XX", messages: [[.e], [.e, .ee, .s, .es], [.s, .se]]).withPsk(0)

  /// How members of one roster open a pair channel: each knows the other's static.
  package static let kk = HandshakePattern(
    "KK", initiatorKnown: [.s], responderKnown: [.s], messages: [[.e, .es, .ss], [.e, .ee, .se]])
}
