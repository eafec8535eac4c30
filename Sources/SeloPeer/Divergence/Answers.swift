import SeloVM
import SeloWire

/// Answers to those who ask what this peer's world was at a checkpoint. Each looks through the world: few are
/// computed a second, and the newest are kept for those who lose a piece.
struct Answers {
  private struct Kept {
    let sequence: UInt64
    let question: [UInt8]
    /// Nil when the world is too large to tell.
    let answer: [UInt8]?
  }

  private var kept: [Kept] = []
  private var second = Instant.zero
  private var computed = 0

  /// The pieces of the answer that the mask names; one without content when there is no answer. None when too much is
  /// asked just now: then the question comes again.
  mutating func pieces<W: World>(
    _ name: Question, _ bytes: [UInt8], _ mask: UInt64, in world: Frozen<W>?, at now: Instant
  ) throws -> [Packet] {
    guard let world else { return [.answer(name, index: 0, count: 0, [])] }
    if let known = kept.first(where: { $0.sequence == name.sequence && $0.question == bytes }) {
      return Self.pieces(name, of: known.answer, mask)
    }
    let question = try WorldQuestion(encoded: bytes)
    if now.since(second) >= .seconds(1) {
      second = now
      computed = 0
    }
    guard computed < Limits.answersPerSecond else { return [] }
    computed += 1
    let answer = world.answer(question)
    if kept.count >= Limits.answersKept { kept.removeFirst() }
    kept.append(Kept(sequence: name.sequence, question: bytes, answer: answer))
    return Self.pieces(name, of: answer, mask)
  }

  private static func pieces(_ name: Question, of answer: [UInt8]?, _ mask: UInt64) -> [Packet] {
    let size = Limits.answerPieceBytes
    guard let answer, !answer.isEmpty, answer.count <= size * Limits.answerPieces else {
      return [.answer(name, index: 0, count: 0, [])]
    }
    let count = (answer.count + size - 1) / size
    return (0..<count).filter { mask >> UInt64($0) & 1 == 1 }.map { index in
      let piece = answer[(index * size)..<min((index + 1) * size, answer.count)]
      return .answer(
        name, index: UInt8(truncatingIfNeeded: index), count: UInt8(truncatingIfNeeded: count), Array(piece))
    }
  }
}
