import NIOCore
import SeloWire
import Synchronization

/// Where the application's threads leave messages for the event loop: one hop for all that came in the meantime.
///
/// The one lock of the shell, held for an append or a swap: a task per message would cost more than ordering it.
final class Mailbox: Sendable {
  struct Letter: Sendable {
    let bytes: [UInt8]
    /// Called on the event loop when the message is agreed or refused.
    let answer: (@Sendable (Result<Receipt, SessionError>) -> Void)?
  }

  private struct State {
    var letters: [Letter] = []
    /// Messages that were accepted here and are not yet agreed.
    var underWay = 0
    var refusal: SessionError?
    var deliver: @Sendable () -> Void = {}
  }

  private let state = Mutex(State())
  private let eventLoop: any EventLoop

  init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// From here on `deliver` runs on the event loop when letters lie here.
  func open(_ deliver: @escaping @Sendable () -> Void) { state.withLock { $0.deliver = deliver } }

  /// Takes a message, or says why not: too large, too much under way, or the session's end.
  func post(_ letter: Letter) throws(SessionError) {
    guard letter.bytes.count <= Limits.messageBytes else { throw .tooLarge(letter.bytes.count) }
    let (refusal, deliver) = state.withLock { state -> (SessionError?, (@Sendable () -> Void)?) in
      if let refusal = state.refusal { return (refusal, nil) }
      if state.underWay >= Limits.outboxMessages { return (.backPressure, nil) }
      state.underWay += 1
      state.letters.append(letter)
      return (nil, state.letters.count == 1 ? state.deliver : nil)
    }
    if let refusal { throw refusal }
    if let deliver { eventLoop.execute(deliver) }
  }

  /// Everything that was left since the last call.
  func collect() -> [Letter] {
    state.withLock { state in
      let letters = state.letters
      state.letters = []
      return letters
    }
  }

  /// `count` messages are agreed, or were refused.
  func settled(_ count: Int) { state.withLock { $0.underWay = max(0, $0.underWay - count) } }

  /// From here on everything is refused for this reason; what lies here is handed back.
  func close(_ refusal: SessionError) -> [Letter] {
    state.withLock { state in
      state.refusal = refusal
      state.deliver = {}
      let letters = state.letters
      state.letters = []
      return letters
    }
  }
}
