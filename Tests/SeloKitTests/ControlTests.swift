import Foundation
import NIOCore
import NIOPosix
import SeloKit
import SeloWire
import Synchronization
import Testing

/// A control server in a scratch directory, and what a client on a thread of its own says to it.
private func withServer<Outcome: Sendable>(
  _ handle: @escaping @Sendable (ControlRequest, ControlServer.Answer) -> Void,
  _ client: @escaping @Sendable (String) throws -> Outcome
) async throws -> Outcome {
  let directory = "/tmp/selo-test-\(UInt32.random(in: 0 ... .max))"
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  let path = directory + "/control.sock"
  return try await onLoop { (loop, promise: EventLoopPromise<Outcome>) in
    let server = ControlServer(on: loop, handle: handle)
    let bound = NIOLoopBound(server, eventLoop: loop)
    server.open(path).whenComplete { opened in
      let outcome = NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
        try opened.get()
        return try client(path)
      }
      outcome.whenComplete { result in
        bound.value.close()
        promise.completeWith(result)
      }
    }
  }
}

@Suite struct ControlTests {
  private static func error(_ error: SessionError.Code) -> SessionError {
    SessionError(error, "what", why: "why", remedy: "remedy")
  }

  @Test func aRequestHasOneAnswer() async throws {
    let report = try await withServer { request, answer in
      answer.send(PublishReport(Receipt(sequence: 7, tick: request.words?.count == 2 ? 9 : 0)))
      answer.finish()
    } _: { path in
      try ControlClient.ask(path, ControlRequest(.publish, words: ["move", "ünder"]), for: PublishReport.self)
    }
    #expect(report.sequence == 7 && report.tick == 9 && report.schema == "selo.publish/1")
  }

  @Test func aStreamHasManyAndAnEnd() async throws {
    let ticks = try await withServer { _, answer in
      for tick in 1...3 { answer.send(PublishReport(Receipt(sequence: 1, tick: UInt64(tick)))) }
      answer.finish()
    } _: { path in
      var client = try ControlClient(path)
      try client.send(ControlRequest(.watch))
      var ticks: [UInt64] = []
      while let report = try client.next(as: PublishReport.self) { ticks.append(report.tick) }
      return ticks
    }
    #expect(ticks == [1, 2, 3])
  }

  @Test func anErrorKeepsItsThreeParts() async throws {
    let told = try await withServer { _, answer in
      answer.send(ErrorReport(Self.error(.backPressure)))
      answer.finish()
    } _: { path -> SessionError? in
      do {
        _ = try ControlClient.ask(path, ControlRequest(.status), for: SessionStatus.self)
        return nil
      } catch {
        return error as? SessionError
      }
    }
    #expect(told == Self.error(.backPressure))
  }

  @Test(arguments: ["", "nonsense", "{}", #"{"command":"explode"}"#, String(repeating: "x", count: 70_000)])
  func nonsenseIsRefusedAndTheServerLivesOn(_ line: String) async throws {
    let answers = try await withServer { request, answer in
      answer.send(LeaveReport())
      answer.finish()
    } _: { path -> [String] in
      let refused = try rawExchange(path, line + "\n")
      let served = try ControlClient.ask(path, ControlRequest(.leave), for: LeaveReport.self)
      return [refused, served.schema]
    }
    #expect(answers[0].contains("selo.error/1"))
    #expect(answers[1] == "selo.leave/1")
  }

  @Test func nobodyAtThePathIsAnErrorWithThreeParts() {
    #expect {
      try ControlClient.ask("/tmp/selo-nobody-here.sock", ControlRequest(.status), for: SessionStatus.self)
    } throws: { ($0 as? SessionError)?.code == .control }
  }
}

/// What a program that does not know the protocol would do.
private func rawExchange(_ path: String, _ text: String) throws -> String {
  let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  let connected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  guard connected == 0 else { throw NothingHappened() }
  _ = send(descriptor, text, text.utf8.count, CInt(MSG_NOSIGNAL))
  var bytes = [UInt8](repeating: 0, count: 4_096)
  let count = recv(descriptor, &bytes, bytes.count, 0)
  return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
}

@Suite struct AuditTests {
  private func author(_ number: UInt8) -> Author {
    Author(identity: Identity(Bytes32([number])), incarnation: Incarnation(1))
  }

  @Test func gapsAndDoublesAreCounted() {
    var audit = AuthorAudit()
    audit.ordered(tick: 1, author: author(1), first: 1, count: 3)
    audit.ordered(tick: 2, author: author(1), first: 4, count: 1)
    #expect(audit.lines[0].gaps == 0 && audit.lines[0].duplicates == 0 && audit.lines[0].count == 4)
    audit.ordered(tick: 3, author: author(1), first: 7, count: 1)
    #expect(audit.lines[0].gaps == 2)
    audit.ordered(tick: 4, author: author(1), first: 6, count: 3)
    #expect(audit.lines[0].duplicates == 2 && audit.lines[0].last == 8)
  }

  @Test func aLateWitnessStartsWhereItCameIn() {
    var audit = AuthorAudit()
    audit.ordered(tick: 9, author: author(1), first: 100, count: 1)
    audit.ordered(tick: 9, author: author(2), first: 1, count: 1)
    #expect(audit.lines.map(\.first) == [100, 1])
    #expect(audit.lines.allSatisfy { $0.gaps == 0 && $0.duplicates == 0 })
  }

  private func entry(_ sequence: UInt64, term: UInt32 = 1, at milliseconds: UInt64) -> AgreedRing.Entry {
    .init(
      sequence: sequence, chain: Bytes32([UInt8(truncatingIfNeeded: sequence)]), term: term,
      instant: Instant.zero + .milliseconds(milliseconds))
  }

  @Test func theRingForgetsWhatTheLogTakesBack() {
    var ring = AgreedRing()
    for sequence in UInt64(1)...10 { ring.append(entry(sequence, at: sequence)) }
    ring.rollBack(to: 10)
    #expect(ring.lost == 0)
    ring.rollBack(to: 7)
    #expect(ring.lost == 3)
    #expect(ring.entries.last?.sequence == 7)
    #expect(ring.after(5).map(\.sequence) == [6, 7])
  }

  @Test func theRingIsBoundedAndKeepsTheNewest() {
    var ring = AgreedRing()
    for sequence in UInt64(1)...20_000 { ring.append(entry(sequence, at: sequence)) }
    #expect(ring.entries.count <= AgreedRing.capacity)
    #expect(ring.entries.count >= AgreedRing.capacity / 2)
    #expect(ring.entries.last?.sequence == 20_000)
    #expect(ring.after(19_990).count == 10)
  }

  @Test func theOutageIsTheGapBetweenTwoTerms() {
    var ring = AgreedRing()
    ring.append(entry(1, term: 1, at: 100))
    ring.append(entry(2, term: 1, at: 120))
    #expect(ring.outage(of: 2) == nil)
    ring.append(entry(4, term: 2, at: 159))
    ring.append(entry(5, term: 2, at: 500))
    #expect(ring.outage(of: 2) == .milliseconds(39))
  }
}
