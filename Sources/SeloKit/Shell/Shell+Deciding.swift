import NIOCore
import SeloCrypto
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// What a host decides for all: who is put out, how often the world's time moves.

extension Shell {
  /// Puts a member out; succeeds when the agreed log says so.
  func kick(_ whom: String) throws(SessionError) -> EventLoopFuture<Void> {
    guard let mesh else { throw PublishRefusal.notMember.error }
    return try begin(.kick(mesh.roster.identity(of: whom)))
  }

  /// Gives the session another tick period; succeeds when the agreed log says so.
  func setTickPeriod(_ period: Delay) throws(SessionError) -> EventLoopFuture<Void> { try begin(.tick(period)) }

  private func begin(_ decision: Decision) throws(SessionError) -> EventLoopFuture<Void> {
    guard let mesh else { throw PublishRefusal.notMember.error }
    if let refusal = mesh.refusal(of: decision, by: mesh.facts.me) {
      throw refusal.error(members: mesh.log.head.roster.entries.count)
    }
    let promise = eventLoop.makePromise(of: Void.self)
    // The peer says it for five seconds.
    let patience = Delay.seconds(6)
    awaited.append(AwaitedDecision(decision: decision, promise: promise, deadline: Clock.now() + patience))
    decide(decision)
    settleDecisions()
    eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(patience.nanoseconds))) { [self] in
      settleDecisions()
    }
    return promise.futureResult
  }

  /// Who waits for a decision hears that it is in force, or that its time is over.
  func settleDecisions() {
    if awaited.isEmpty { return }
    let now = Clock.now()
    awaited.removeAll { [mesh] one in
      let isInForce = mesh?.isInForce(one.decision) == true
      if isInForce { one.promise.succeed() }
      if !isInForce, one.deadline <= now { one.promise.fail(SessionError.undecided) }
      return isInForce || one.deadline <= now
    }
  }

  /// This peer is out: whether its decisions come into force, it will not see.
  func abandonDecisions(_ error: SessionError) {
    for one in awaited { one.promise.fail(error) }
    awaited = []
  }
}

/// A host waits for its decision to be in force.
struct AwaitedDecision {
  let decision: Decision
  let promise: EventLoopPromise<Void>
  let deadline: Instant
}

extension Roster {
  /// The identity that a person means: by name, by fingerprint, or by the first four digits of its key and more.
  fileprivate func identity(of whom: String) throws(SessionError) -> Identity {
    let wanted = whom.lowercased()
    let meant = entries.filter { entry in
      let key = hexadecimal(entry.identity.key.bytes)
      return entry.name == whom || entry.identity.fingerprint == wanted || wanted.count >= 4 && key.hasPrefix(wanted)
    }
    let identities = Set(meant.map(\.identity))
    if identities.count == 1, let only = identities.first { return only }
    let names = entries.map { "\($0.name) (\($0.identity.fingerprint))" }.joined(separator: ", ")
    throw SessionError(
      .usage, identities.isEmpty ? "no member is called \"\(whom)\"." : "several members are called \"\(whom)\".",
      why: "The members are \(names).", remedy: "name one, or give its fingerprint or the beginning of its key")
  }
}

extension Rejection {
  /// Why a host's decision is refused, for people.
  fileprivate func error(members: Int) -> SessionError {
    switch self {
    case .kickOfOneself:
      SessionError(
        .usage, "a host cannot put itself out.", why: "A kick bans the identity, and somebody has to decide it.",
        remedy: "leave the session instead: end the process, Ctrl-C does")
    case .badTick:
      SessionError(
        .usage, "this session cannot have that tick period.",
        why: "It is 5 to 200 ms, and at least 1 ms for each of the \(members) members.", remedy: "selo tick 50ms")
    default:
      SessionError(
        .denied, "this peer is no host of the session.",
        why: "Hosts decide who is put out and how often the world's time moves; without one the oldest voter does.",
        remedy: "ask a host")
    }
  }
}

extension SessionError {
  fileprivate static let undecided = SessionError(
    .undecided, "it is not in force after six seconds.",
    why: "No reflector ordered it, or too few voters can be reached for it to be agreed.",
    remedy: "look at selo status, then say it again")
}
