package import SeloWire

/// An independent check of exactly once: counts, from delivered agreed frames alone, which messages of each author
/// came.
///
/// It shares no code with the mesh's own table of authors.
package struct AuthorAudit: Equatable, Sendable {
  package struct Line: Equatable, Sendable {
    package let author: Author
    /// The first author sequence that came; above 1 where this peer joined later than the author.
    package let first: UInt64
    package var last: UInt64
    package var count: UInt64
    /// Author sequences that were skipped.
    package var gaps: UInt64
    /// Author sequences that came again.
    package var duplicates: UInt64
    /// The tick that brought the last one.
    package var tick: UInt64
  }

  /// In order of appearance; the one that was silent longest goes first when there are too many.
  package private(set) var lines: [Line] = []

  package init() {}

  package mutating func ordered(tick: UInt64, author: Author, first: UInt64, count: UInt32) {
    guard count > 0 else { return }
    let last = first &+ UInt64(count) &- 1
    guard let place = lines.firstIndex(where: { $0.author == author }) else {
      if lines.count >= Limits.authors, let oldest = lines.indices.min(by: { lines[$0].tick < lines[$1].tick }) {
        lines.remove(at: oldest)
      }
      lines.append(
        Line(author: author, first: first, last: last, count: UInt64(count), gaps: 0, duplicates: 0, tick: tick))
      return
    }
    var line = lines[place]
    let next = line.last + 1
    if first > next { line.gaps += first - next }
    if first < next { line.duplicates += min(last, line.last) - first + 1 }
    line.count += UInt64(count)
    line.last = max(line.last, last)
    line.tick = tick
    lines[place] = line
  }
}
