import SeloMesh
import SeloWire

/// Whether a quorum has confirmed what was installed here. Until then this peer is *unvouched*: only its giver says
/// that this is the session's world (PROTOCOL section 8).
struct Vouching {
  private struct Answer {
    let member: Member
    let agrees: Bool
  }

  enum Outcome: Equatable {
    case open
    case vouched
    /// A quorum has another log or another world at that mark.
    case contradicted
  }

  private(set) var isVouched: Bool
  /// Whether the application knows that no quorum has answered in time.
  private(set) var isTold = false
  let nonce: Bytes16
  let since: Instant
  private var next: Instant
  /// The mark that is asked about, and what was answered.
  private(set) var mark: UInt64 = 0
  private var answers: [Answer] = []

  /// A founder made what it has.
  static var founder: Vouching { Vouching(isVouched: true, nonce: .zero, at: .zero) }

  /// One that was given what it has.
  init(nonce: Bytes16, at now: Instant) { self.init(isVouched: false, nonce: nonce, at: now) }

  private init(isVouched: Bool, nonce: Bytes16, at now: Instant) {
    self.isVouched = isVouched
    self.nonce = nonce
    since = now
    next = now
  }

  var deadline: Instant? { isVouched ? nil : next }

  /// It is time to ask about this mark, 0 for none yet: five times a second at first, once a second later.
  mutating func ask(about mark: UInt64, at now: Instant) {
    if mark != self.mark { answers = [] }
    self.mark = mark
    next = now + (now.since(since) < .seconds(2) ? .milliseconds(200) : .seconds(1))
  }

  /// No quorum has answered in time: told once.
  mutating func isOverdue(at now: Instant) -> Bool {
    guard !isVouched, !isTold, now.since(since) >= Limits.vouchPatience else { return false }
    isTold = true
    return true
  }

  func hasAnswered(_ member: Member) -> Bool { answers.contains { $0.member == member } }

  /// One answer a member; what it makes of all of them. This peer's own word does not count.
  mutating func take(agrees: Bool, from member: Member, rosters: [Roster]) -> Outcome {
    answers.append(Answer(member: member, agrees: agrees))
    if isQuorum(of: rosters, agreeing: true) {
      isVouched = true
      return .vouched
    }
    return isQuorum(of: rosters, agreeing: false) ? .contradicted : .open
  }

  private func isQuorum(of rosters: [Roster], agreeing: Bool) -> Bool {
    Agreement.isQuorum(rosters) { voter in answers.contains { $0.member == voter && $0.agrees == agreeing } }
  }
}
