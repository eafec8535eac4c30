import SeloKit
import SeloVM

/// What people are told, in the words of the glossary.
enum Sentence {
  /// One line about an event of a running peer; nil for those that come too often.
  static func of(_ event: SessionEvent) -> String? {
    switch event {
    case .phase(let phase, let missing):
      return missing.isEmpty ? phase : "\(phase): missing \(missing.joined(separator: ", "))"
    case .reflector(let name, let term):
      return "\(name) reflects now (term \(term))"
    case .resumed(let term, let milliseconds, let lost):
      return "term \(term): world stood still \(still(milliseconds)) · \(lost) agreed ticks lost"
    case .rolledBack(let from, let to):
      return "went back from tick \(Output.grouped(from)) to \(Output.grouped(to)); none of it was agreed"
    case .branched(let tick):
      return "cut off: goes on as a branch from tick \(Output.grouped(tick))"
    case .returned(let tick):
      return "back from a branch: the world goes on from tick \(Output.grouped(tick)) as the others know it"
    case .resubmitted(let messages, let lost):
      let rest = lost > 0 ? "; \(Output.grouped(lost)) were too many to keep" : ""
      return messages + lost == 0 ? nil : "\(Output.grouped(messages)) own messages of the branch sent again\(rest)"
    case .rival:
      return "another session of this name goes on beside this one"
    case .diverged(let tick, let differences, let other):
      return
        "this world differs from the others' at tick \(Output.grouped(tick))\(named(differences, other)): fetches theirs"
    case .equivocation(let tick):
      return "the reflector signed two ticks \(Output.grouped(tick)): it is not believed any more"
    case .worldsDiffer(let tick, let differences, let other):
      return "the worlds differ at tick \(Output.grouped(tick)), and none has a majority\(named(differences, other))"
    case .saved(let kind, let tick, let path):
      return "\(kind) of tick \(Output.grouped(tick)) saved: selo inspect --file \(path)"
    case .notSaved(let kind, let tick, let error):
      return "\(kind) of tick \(Output.grouped(tick)) not saved: \(error.what) \(error.why)"
    case .unvouched:
      return "unvouched: no quorum has confirmed this world yet"
    case .contradicted(let tick):
      return
        "the others' world at tick \(Output.grouped(tick)) is another than what was given here: fetches it elsewhere"
    case .ended(let error):
      return error.map { "ended: \($0.what)" } ?? "left"
    case .roster, .vouched, .world:
      return nil
    }
  }

  /// What differs, as far as it is known: ` (Counter.count: 3, not 4 as with bo, and 2 more)`.
  private static func named(_ differences: [Difference], _ other: String?) -> String {
    guard let first = differences.first, let other else { return "" }
    let rest = differences.count > 1 ? ", and \(differences.count - 1) more" : ""
    return " (\(first) as with \(other)\(rest))"
  }

  /// *The sentence*, after every failover.
  static func of(_ failover: Failover) -> String {
    let digests =
      failover.digestsEqual
      ? "digests equal on all live peers at tick \(Output.grouped(failover.comparedAt))"
      : "DIGESTS DIFFER or could not be compared (tick \(Output.grouped(failover.comparedAt)))"
    return
      "\(failover.reflector) reflects now (term \(failover.term)): world stood still \(still(failover.outageMilliseconds))"
      + " · \(failover.agreedTicksLost) agreed ticks lost"
      + " · \(failover.messagesLost) of \(failover.messagesUnderWay) messages lost · \(digests)"
  }

  static func still(_ milliseconds: Double) -> String {
    milliseconds < 10 ? "\((milliseconds * 10).rounded() / 10) ms" : "\(Int(milliseconds.rounded())) ms"
  }
}
