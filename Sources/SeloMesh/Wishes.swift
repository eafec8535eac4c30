import SeloWire

/// Which run of an identity wished last to be taken in. A stranger that has to wait knocks again as a newer run, at
/// another door perhaps, and the doors it knocked at before go on wishing for the older ones.
struct Wishes: Hashable, Sendable {
  private struct Wish: Hashable, Sendable {
    let author: Author
    let at: Instant
  }

  /// One an identity, oldest first.
  private var newest: [Wish] = []

  /// Notes a wish; false when a newer run of the identity has wished lately.
  mutating func note(_ author: Author, at now: Instant) -> Bool {
    newest.removeAll { now.since($0.at) > Limits.guestPatience }
    if let known = newest.firstIndex(where: { $0.author.identity == author.identity }) {
      guard newest[known].author.incarnation <= author.incarnation else { return false }
      newest.remove(at: known)
    }
    if newest.count >= Limits.joinsPending { newest.removeFirst() }
    newest.append(Wish(author: author, at: now))
    return true
  }
}
