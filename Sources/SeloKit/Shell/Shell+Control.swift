import NIOCore
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// What the control socket asks of a running peer.

extension Shell {
  func handle(_ request: ControlRequest, _ answer: ControlServer.Answer) {
    switch request.command {
    case .status:
      answer.send(status)
      answer.finish()
    case .audit:
      answer.send(auditReport(after: request.after ?? 0, at: request.at))
      answer.finish()
    case .watch:
      watch(answer, last: nil)
    case .publish:
      publish(request.words ?? [], answer)
    case .inspect:
      inspect(answer)
    case .leave:
      let bound = NIOLoopBound(answer, eventLoop: eventLoop)
      end.futureResult.whenComplete { _ in
        bound.value.send(LeaveReport())
        bound.value.finish()
      }
      leave()
    case .stepDown:
      stepDown(answer)
    case .adopt:
      adopt(answer)
    case .kick:
      let name = status.name
      carryOut(answer, KickReport(by: name)) { try self.kick(request.words?.first ?? "") }
    case .tick:
      let period = Delay(nanoseconds: request.nanoseconds ?? 0)
      carryOut(answer, TickReport(period)) { try self.setTickPeriod(period) }
    }
  }

  /// Answers when what a host decided is in force, or why it is not.
  private func carryOut(
    _ answer: ControlServer.Answer, _ report: some Encodable & Sendable, _ begin: () throws -> EventLoopFuture<Void>
  ) {
    let bound = NIOLoopBound(answer, eventLoop: eventLoop)
    do {
      try begin().whenComplete { result in
        switch result {
        case .success: bound.value.send(report)
        case .failure(let error):
          if let error = error as? SessionError { bound.value.send(ErrorReport(error)) }
        }
        bound.value.finish()
      }
    } catch {
      if let error = error as? SessionError { answer.send(ErrorReport(error)) }
      answer.finish()
    }
  }

  private func adopt(_ answer: ControlServer.Answer) {
    adopt()
    awaitTrunk(answer, tries: 100)
  }

  private func awaitTrunk(_ answer: ControlServer.Answer, tries: Int) {
    guard answer.isOpen else { return }
    if let mesh, mesh.log.head.ancestry.isTrunk {
      answer.send(AdoptReport(tick: mesh.agreed))
      return answer.finish()
    }
    guard tries > 0, status.isReflector else {
      answer.send(
        ErrorReport(
          SessionError(
            .usage, "this branch cannot be adopted here.",
            why: "Only the reflector of a branch can do so, and only for a host. The reflector is \(status.reflector).",
            remedy: "selo adopt where it runs")))
      return answer.finish()
    }
    eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { [self] in awaitTrunk(answer, tries: tries - 1) }
  }

  /// Hands over and answers when another reflects: mostly at once, and at the latest after four seconds. Whether a
  /// voter keeps up is a matter of milliseconds on a busy machine, so the wish is repeated.
  private func stepDown(_ answer: ControlServer.Answer) {
    guard status.isReflector else {
      answer.send(
        ErrorReport(
          SessionError(
            .usage, "\(status.name) is not the reflector.", why: "The reflector is \(status.reflector).",
            remedy: "selo step-down where it runs")))
      return answer.finish()
    }
    awaitSuccessor(answer, tries: 200)
  }

  private func awaitSuccessor(_ answer: ControlServer.Answer, tries: Int) {
    guard answer.isOpen else { return }
    if self.status.isReflector { stepDown() }
    let status = status
    if !status.isReflector, !status.reflector.isEmpty {
      answer.send(StepDownReport(reflector: status.reflector, term: status.term))
      return answer.finish()
    }
    guard tries > 0 else {
      answer.send(
        ErrorReport(
          SessionError(
            .nobody, "nobody took over.", why: "No other voter keeps up with the session just now.",
            remedy: "wait until another peer has caught up: selo status")))
      return answer.finish()
    }
    eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { [self] in
      awaitSuccessor(answer, tries: tries - 1)
    }
  }

  /// Sends the status whenever it changed, at most ten times a second, until the other end is gone.
  private func watch(_ answer: ControlServer.Answer, last: SessionStatus?) {
    guard answer.isOpen else { return }
    let status = status
    if status != last { answer.send(status) }
    eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { [self] in watch(answer, last: status) }
  }

  private func publish(_ words: [String], _ answer: ControlServer.Answer) {
    let bound = NIOLoopBound(answer, eventLoop: eventLoop)
    do throws(SessionError) {
      let message = try spoken().parse(words)
      let letter = Mailbox.Letter(bytes: message.encoded()) { result in
        switch result {
        case .success(let receipt): bound.value.send(PublishReport(receipt))
        case .failure(let error): bound.value.send(ErrorReport(error))
        }
        bound.value.finish()
      }
      try mailbox.post(letter)
    } catch {
      answer.send(ErrorReport(error))
      answer.finish()
    }
  }

  private func inspect(_ answer: ControlServer.Answer) {
    do throws(SessionError) {
      let words = try spoken()
      guard let world else { throw PublishRefusal.notMember.error }
      answer.send(
        InspectReport(
          world: W.name, virtualSeconds: world.now.seconds, digest: "\(world.digest())", lines: words.describe(world)))
    } catch {
      answer.send(ErrorReport(error))
    }
    answer.finish()
  }

  private func spoken() throws(SessionError) -> WorldWords<W> {
    if let words = plan.words { return words }
    throw SessionError(
      .usage, "the world \(W.name) cannot be talked to in words.", why: "The program that runs it gave it none.",
      remedy: "use a world of the command: selo start NAME --world village")
  }
}
