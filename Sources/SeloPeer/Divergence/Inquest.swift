import SeloMesh
import SeloVM
import SeloWire

/// Finding out in what this peer's world at a checkpoint differs from that of others. They are asked one after the
/// other for their digest tree, then for what differs; who does not answer is left for the next. It ends in time,
/// with an answer or without.
struct Inquest<W: World> {
  /// One who voted otherwise.
  struct Other {
    let author: Author
    let name: String
    let digest: Bytes16
  }

  private(set) var evidence: Evidence
  /// Nil when the world at that checkpoint is not held here.
  private let mine: Frozen<W>?
  private let others: [Other]
  private let end: Instant
  private var place = 0
  private var comparison: WorldComparison<W>?
  /// Grows with each question, so that a late answer is not taken for another.
  private var number: UInt32 = 0
  private var pieces: [[UInt8]?] = []
  /// When the question is sent again, and when somebody else is asked.
  private var nextQuestion: Instant
  private var nextOther: Instant

  init(_ evidence: Evidence, mine: Frozen<W>?, others: [Other], at now: Instant) {
    self.evidence = evidence
    self.mine = mine
    self.others = others
    end = now + Limits.inquestPatience
    nextQuestion = now
    nextOther = now
    begin(at: now)
  }

  var deadline: Instant? { min(nextQuestion, nextOther, end) }

  /// Whether everything is known that will be.
  func isOver(at now: Instant) -> Bool { comparison?.question == nil || now >= end }

  /// The question that is due, and whom it is for.
  mutating func question(at now: Instant) -> (packet: Packet, to: Author)? {
    if isOver(at: now) { return nil }
    if now >= nextOther {
      place = (place + 1) % others.count
      begin(at: now)
    }
    guard now >= nextQuestion, let question = comparison?.question else { return nil }
    nextQuestion = now + Limits.questionPatience
    var mask = UInt64.max
    for (index, piece) in pieces.enumerated() where piece != nil { mask &= ~(1 << UInt64(index)) }
    let name = Question(sequence: evidence.sequence, number: number)
    return (.question(name, question.encoded(), mask: mask), others[place].author)
  }

  /// One piece of an answer; when it was the last missing one, the next question is due at once.
  mutating func take(
    _ name: Question, _ index: UInt8, of count: UInt8, _ bytes: [UInt8], from author: Author, at now: Instant
  ) {
    guard !isOver(at: now), author == others[place].author else { return }
    guard name.sequence == evidence.sequence, name.number == number else { return }
    if count == 0 { return nextOther = now }
    if pieces.isEmpty { pieces = Array(repeating: nil, count: Int(count)) }
    guard pieces.count == count, index < count else { return }
    pieces[Int(index)] = bytes
    nextOther = now + Limits.otherPatience
    let known = pieces.compactMap { $0 }
    if known.count == pieces.count { take(Array(known.joined()), at: now) }
  }

  private mutating func take(_ answer: [UInt8], at now: Instant) {
    do {
      try comparison?.take(answer)
      number &+= 1
      pieces = []
      nextQuestion = now
    } catch {
      // It speaks of another world, or not our language: somebody else will know better.
      nextOther = now
    }
    guard let comparison, comparison.question == nil else { return }
    evidence.comparedWith = others[place].name
    evidence.differences = comparison.differences
  }

  private mutating func begin(at now: Instant) {
    number &+= 1
    pieces = []
    nextQuestion = now
    nextOther = now + Limits.otherPatience
    guard let mine, others.indices.contains(place), let digest = Digest(bytes: others[place].digest.bytes) else {
      return
    }
    comparison = WorldComparison(of: mine, with: digest, limit: Limits.differences)
  }
}

/// A peer whose world is not what the others computed, between two memberships: it shows that world to nobody, finds
/// out in what it differs, and then returns.
struct Quarantine<W: World> {
  var inquest: Inquest<W>
  /// Where to return to.
  let claim: LineageClaim
  let addresses: [Endpoint]
}
