import Dispatch
import Foundation
import SeloKit
import SeloVM
import SeloWorlds
import Synchronization

// One peer of a session in this process: `start` and `join` after their arguments.

extension TakingPartOptions {
  func sessionOptions(_ network: NetworkOptions) throws -> SessionOptions {
    var options = SessionOptions()
    options.name = name ?? Environment.current["USER"] ?? "peer"
    options.interface = network.interface
    options.peers = network.peer
    options.port = network.port
    options.identityFile = identity
    options.whenTwoDiffer = whenTwoDiffer == .youngerYields ? .youngerYields : .nobodyYields
    options.savesWhatIsLeft = !noSave
    options.note = { Output.note("selo: \($0)") }
    return options
  }
}

/// A peer in this process, from the first word to the last: `start` and `join`.
struct PeerRun {
  let session: String
  let command: String
  let options: SessionOptions
  let takingPart: TakingPartOptions

  init(session: String, command: String, _ options: SessionOptions, _ takingPart: TakingPartOptions) {
    self.session = session
    self.command = command
    self.options = options
    self.takingPart = takingPart
  }

  func run(_ secret: SessionSecret) async throws { try await run(secret, in: takingPart.builtIn().world) }

  /// What is printed with `--json`: one object for each thing that happens.
  private struct Line: Encodable {
    let schema: String
    let event: String
    var status: SessionStatus?
    var text: String?
  }

  private func run<W: TextualWorld>(_ secret: SessionSecret, in world: W.Type) async throws {
    let session = try await Session<W>.start(session, secret: secret, options, words: .init(of: W.self))
    let signals = Signals()
    signals.listen { Task { await session.withdraw() } }
    let tether = takingPart.tether ? Tether() : nil
    let events = Task { await tell(session) }
    do {
      try await session.joined()
    } catch {
      events.cancel()
      await session.leave()
      if signals.count > 0 { exit(130) }
      throw error
    }
    let status = try await session.status
    if takingPart.json {
      Output.result(json: Line(schema: schema, event: "joined", status: status))
    } else {
      Output.result(
        "\(session.name): in as \(status.name) (\(status.fingerprint)), \(status.addresses.joined(separator: " "))")
    }
    let load = Task { await publishLoad(session, tether) }
    let error = await session.ended()
    load.cancel()
    await session.leave()
    _ = await events.value
    if let error { throw error }
  }

  private var schema: String { "selo.\(command)/1" }

  private func tell<W: TextualWorld>(_ session: Session<W>) async {
    for await event in session.events {
      // Why a session ended is told once, as the error of this command.
      if case .ended(.some) = event { continue }
      guard let text = Sentence.of(event) else { continue }
      if takingPart.json {
        Output.result(json: Line(schema: schema, event: "told", text: text))
      } else {
        Output.note("\(Output.clock())  \(text)")
      }
    }
  }

  /// Publishes at an even pace; what back-pressure refuses is not counted as published.
  private func publishLoad<W: TextualWorld>(_ session: Session<W>, _ tether: Tether?) async {
    guard takingPart.load > 0 else { return }
    let pace = Duration.nanoseconds(1_000_000_000 / takingPart.load)
    var next = ContinuousClock.now
    var number: UInt64 = 0
    while !Task.isCancelled, tether?.isQuiet != true {
      if (try? session.publish(W.workload(number, author: session.peer))) != nil { number += 1 }
      next = max(next + pace, .now - .milliseconds(100))
      try? await Task.sleep(until: next)
    }
  }
}

extension WorldWords where W: TextualWorld {
  init(of world: W.Type) {
    self.init(
      parse: { words throws(SessionError) in
        do throws(WorldTextError) {
          return try W.message(parsing: words)
        } catch {
          throw SessionError(
            .messageRefused, "the world \(W.name) does not understand \"\(words.joined(separator: " "))\".",
            why: Self.reason(error), remedy: "one of: \(W.usage.joined(separator: "; "))")
        }
      }, describe: { W.describe($0) })
  }

  private static func reason(_ error: WorldTextError) -> String {
    switch error {
    case .empty: "There is no word."
    case .unknownVerb(let verb): "It has no verb \"\(verb)\"."
    case .wrongArguments(let usage): "The verb is used like this: \(usage)."
    }
  }
}

/// Ctrl-C and SIGTERM: the first one leaves gracefully, the second one does not wait.
final class Signals: Sendable {
  private let received = Atomic<Int>(0)

  var count: Int { received.load(ordering: .relaxed) }

  /// Listens for as long as the process lives.
  func listen(_ leave: @escaping @Sendable () -> Void) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        if received.add(1, ordering: .relaxed).newValue > 1 { exit(130) }
        leave()
        withExtendedLifetime(source) {}
      }
      source.resume()
    }
  }
}

/// Standard input as a leash: when it ends, so does this process. The line "quiet" stops its load.
final class Tether: Sendable {
  private let quiet = Atomic<Bool>(false)

  var isQuiet: Bool { quiet.load(ordering: .relaxed) }

  init() {
    // The demo's Ctrl-C is the parent's to answer.
    signal(SIGINT, SIG_IGN)
    Thread.detachNewThread { [self] in
      while let line = readLine() {
        if line == "quiet" { quiet.store(true, ordering: .relaxed) }
      }
      _exit(1)
    }
  }
}
