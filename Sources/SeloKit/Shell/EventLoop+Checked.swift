import NIOCore

// Work on an event loop from outside it, with errors of one type.

extension EventLoop {
  /// Runs `body` on the loop and waits for it; whatever is no `SessionError` is told as one.
  func checked<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws(SessionError) -> Value {
    try await Self.told(submit(body))
  }

  /// The same for work that takes more than one turn of the loop.
  func checkedFuture<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> EventLoopFuture<Value>
  ) async throws(SessionError) -> Value {
    try await Self.told(
      flatSubmit {
        do { return try body() } catch { return self.makeFailedFuture(error) }
      })
  }

  private static func told<Value: Sendable>(_ future: EventLoopFuture<Value>) async throws(SessionError) -> Value {
    do {
      return try await future.get()
    } catch let error as SessionError {
      throw error
    } catch {
      throw SessionError(
        .network, "the peer's event loop failed.", why: "\(error)",
        remedy: "start again; if it stays, report it as a bug")
    }
  }
}
