import Foundation
import SeloKit

/// Every author that was seen, and what of its messages must be in the log: all that a living one published, and of a
/// dead one what so many survivors held that every quorum of them knows it.
struct Ledger {
  struct Key: Hashable {
    let identity: String
    let incarnation: UInt64
  }

  private struct Line {
    var published: UInt64 = 0
    /// What the log must hold.
    var owed: UInt64 = 0
    var isDead = false
    var lost: UInt64 = 0
    var duplicated: UInt64 = 0
  }

  private var lines: [Key: Line] = [:]

  /// A living author's own word on how many messages it published.
  mutating func published(_ status: SessionStatus) {
    carryOver(to: Key(status))
    var line = lines[Key(status)] ?? Line()
    guard !line.isDead else { return }
    line.published = max(line.published, status.published)
    line.owed = line.published
    lines[Key(status)] = line
  }

  func published(of status: SessionStatus) -> UInt64 { lines[Key(status)]?.published ?? 0 }

  /// An author died, and these are the audits of the voters that live on. The log owes what they know to be agreed, and
  /// what so many of them hold that no quorum can be found without one of them. Half of the voters may be a quorum.
  mutating func died(_ status: SessionStatus, survivors: [AuditReport]) {
    published(status)
    let key = Key(status)
    let seen = survivors.flatMap(\.authors).filter { Key($0) == key }
    let voters = max(status.members.count { $0.standing == "voter" }, survivors.count + 1)
    let holders = max(1, survivors.count - (voters + 1) / 2 + 1)
    let held = seen.map(\.received).sorted(by: >).dropFirst(holders - 1).first ?? 0
    lines[key]?.isDead = true
    lines[key]?.owed = max(held, seen.map(\.last).max() ?? 0)
  }

  /// A process that comes back into its session does so as a newer run: what the log lacks of the earlier one's
  /// messages is published again under the newer one's name, and owed there.
  private mutating func carryOver(to newer: Key) {
    for (key, line) in lines
    where key.identity == newer.identity && key.incarnation < newer.incarnation && !line.isDead {
      lines[key]?.isDead = true
      lines[key]?.owed = 0
    }
  }

  /// Whether every message that is owed has arrived at each witness that knows its author.
  func isSettled(_ audits: [AuditReport]) -> Bool {
    lines.allSatisfy { key, line in
      audits.allSatisfy { audit in
        guard let seen = audit.authors.first(where: { Key($0) == key }) else { return line.isDead || line.owed == 0 }
        return seen.last >= line.owed
      }
    }
  }

  /// Counts, in the agreed logs of the witnesses, what is missing and what came twice; the worst witness counts.
  mutating func check(_ audits: [AuditReport]) -> (lost: UInt64, duplicated: UInt64) {
    for (key, line) in lines {
      let seen = audits.compactMap { $0.authors.first { Key($0) == key } }
      // Nobody who is left has seen this author: what was found while they were there stands.
      if seen.isEmpty, line.isDead { continue }
      let missing = seen.map { $0.gaps + line.owed - min(line.owed, $0.last) }.max() ?? line.owed
      lines[key]?.lost = missing
      lines[key]?.duplicated = max(line.duplicated, seen.map(\.duplicates).max() ?? 0)
    }
    return (lost, duplicated)
  }

  var sent: UInt64 { lines.values.reduce(0) { $0 + max($1.published, $1.owed) } }
  var lost: UInt64 { lines.values.reduce(0) { $0 + $1.lost } }
  var duplicated: UInt64 { lines.values.reduce(0) { $0 + $1.duplicated } }
}

extension Ledger.Key {
  init(_ status: SessionStatus) { self.init(identity: status.identity, incarnation: status.incarnation) }
  init(_ line: AuditReport.Line) { self.init(identity: line.author, incarnation: line.incarnation) }
}

/// A short rest between two questions: five milliseconds.
func pauseBriefly() { usleep(5_000) }
