package import SeloWire

/// The answer to `audit`: what this peer learned to be agreed and when, and what came of each author.
package struct AuditReport: Codable, Equatable, Sendable {
  package struct Tick: Codable, Equatable, Sendable {
    package let sequence: UInt64
    package let chain: String
    package let term: UInt32
    /// Nanoseconds of the machine's monotonic clock, the same for all its processes.
    package let instant: UInt64
  }

  package struct Line: Codable, Equatable, Sendable {
    package let author: String
    package let incarnation: UInt64
    package let first: UInt64
    package let last: UInt64
    package let count: UInt64
    package let gaps: UInt64
    package let duplicates: UInt64
    /// The newest author sequence in the log here, agreed or not.
    package let received: UInt64
  }

  package var schema = "selo.audit/1"
  package let now: UInt64
  package let ticks: [Tick]
  /// Agreed ticks that were taken back.
  package let lost: UInt64
  package let authors: [Line]
  /// The digest of the world at the tick that was asked for; nil when it is not remembered.
  package let digest: String?

  package init(
    now: Instant, ring: AgreedRing, after: UInt64, audit: AuthorAudit, received: [(author: Author, last: UInt64)],
    digest: String? = nil
  ) {
    self.digest = digest
    self.now = now.nanoseconds
    lost = ring.lost
    ticks = ring.after(after).map {
      Tick(sequence: $0.sequence, chain: hexadecimal($0.chain.bytes), term: $0.term, instant: $0.instant.nanoseconds)
    }
    authors = audit.lines.map { line in
      Line(
        author: hexadecimal(line.author.identity.key.bytes), incarnation: line.author.incarnation.value,
        first: line.first, last: line.last, count: line.count, gaps: line.gaps, duplicates: line.duplicates,
        received: received.first { $0.author == line.author }?.last ?? 0)
    }
  }
}

package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
