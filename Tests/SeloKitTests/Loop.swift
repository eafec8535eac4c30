import NIOCore
import NIOPosix
import SeloKit

/// Runs `body` on an event loop of its own and waits for the outcome that it promises; ten seconds are an error.
func onLoop<Outcome: Sendable>(
  _ body: @escaping @Sendable (any EventLoop, EventLoopPromise<Outcome>) throws -> Void
) async throws -> Outcome {
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let loop = group.next()
  let promise = loop.makePromise(of: Outcome.self)
  loop.execute {
    do { try body(loop, promise) } catch { promise.fail(error) }
  }
  let limit = loop.scheduleTask(in: .seconds(10)) { promise.fail(NothingHappened()) }
  let outcome = await Result.from { try await promise.futureResult.get() }
  limit.cancel()
  try await group.shutdownGracefully()
  return try outcome.get()
}

struct NothingHappened: Error {}

extension Result where Failure == any Error {
  static func from(_ body: () async throws -> Success) async -> Result {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}

/// Loopback: the only interface that tests touch.
func loopback() throws -> NetworkInterface {
  guard let found = try NetworkInterface.usable().first(where: \.isLoopback) else { throw NothingHappened() }
  return found
}

/// Calls `body` every millisecond, at most five thousand times, or until the loop ends.
func everyMillisecond(on loop: any EventLoop, times: Int = 5_000, _ body: @escaping () -> Void) {
  guard times > 0 else { return }
  body()
  loop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { everyMillisecond(on: loop, times: times - 1, body) }
}
