package import SeloWire

/// Who suspects which reign, as far as is known here: revocable words and signed promises.
package struct Suspicions: Hashable, Sendable {
  private struct Word: Hashable, Sendable {
    let member: Member
    let reign: Reign
    let until: Instant
  }

  private var words: [Word] = []
  /// The newest promise of each member, sorted by member.
  package private(set) var promises: [SignedJoinTerm] = []

  package init() {}

  /// A Suspect holds for a while; it is repeated as long as it is meant.
  mutating func suspect(_ reign: Reign, by member: Member, until: Instant) {
    words.removeAll { $0.member == member }
    words.append(Word(member: member, reign: reign, until: until))
  }

  /// A promise stays until a newer one of the same member. Returns whether it is news.
  mutating func promise(_ signed: SignedJoinTerm) -> Bool {
    if let index = promises.firstIndex(where: { $0.promise.member == signed.promise.member }) {
      guard promises[index].promise.next.term < signed.promise.next.term else { return false }
      promises[index] = signed
    } else {
      promises.append(signed)
      promises.sort { $0.promise.member < $1.promise.member }
    }
    return true
  }

  /// Whether `member` has said that `reign` is over: a Suspect and a promise count for all lower terms.
  func says(_ member: Member, over reign: Reign, at now: Instant) -> Bool {
    let word = words.first { $0.member == member && $0.until > now }?.reign
    if let word, word.lineage == reign.lineage, word.term >= reign.term { return true }
    return promises.contains {
      $0.promise.member == member && $0.promise.next.lineage == reign.lineage && $0.promise.next.term > reign.term
    }
  }

  /// The promises to exactly this reign.
  func promises(to reign: Reign) -> [SignedJoinTerm] { promises.filter { $0.promise.next == reign } }

  /// The highest reign above `reign` that anybody promised.
  func highestPromise(above reign: Reign) -> Reign? {
    promises.map(\.promise.next).filter { $0.lineage == reign.lineage && $0.term > reign.term }
      .max { $0.term < $1.term }
  }

  /// A term has begun: what was said of lower ones is settled.
  mutating func settle(_ reign: Reign) {
    words.removeAll()
    promises.removeAll { $0.promise.next.lineage != reign.lineage || $0.promise.next.term <= reign.term }
  }
}
