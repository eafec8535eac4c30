import SeloPeer
import SeloWire

// What an application is told when the peer does not take its message.

extension SessionError {
  static func tooLarge(_ bytes: Int) -> SessionError {
    SessionError(
      .messageTooLarge, "the message has \(bytes) bytes; one message may have \(Limits.messageBytes).",
      why: "Every peer orders, signs and keeps every message, so each has a limit.",
      remedy: "split it into several messages of at most \(Limits.messageBytes) bytes")
  }

  static let backPressure = SessionError(
    .backPressure, "too many messages are under way (\(Limits.outboxMessages)).",
    why: "They are published faster than the session agrees on them, or it has no reflector just now.",
    remedy: "publish again when some are agreed; perform waits for each")

  static func ended(_ session: String) -> SessionError {
    SessionError(
      .ended, "the session \"\(session)\" is over for this peer.", why: "It left, or was ended; its events tell which.",
      remedy: "join again: selo join \(session)")
  }
}

extension PublishRefusal {
  var error: SessionError {
    switch self {
    case .tooLarge(let bytes): .tooLarge(bytes)
    case .backPressure: .backPressure
    case .notMember:
      SessionError(
        .notMember, "this peer is not in the session yet.", why: "It is looking for it, or still fetching the world.",
        remedy: "publish again when its status is in sync")
    case .spectator:
      SessionError(
        .spectator, "spectators do not publish.", why: "This peer was let in to watch.",
        remedy: "ask a host for another role")
    case .notAccepted:
      SessionError(
        .messageRefused, "the world does not accept this message.", why: "Its own rule (`accepts`) says no.",
        remedy: "see which messages it takes: selo inspect --usage")
    }
  }
}
