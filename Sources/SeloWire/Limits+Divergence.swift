// Worlds that differ: what is kept to find out in what, and what that may cost others.
extension Limits {
  /// Checkpoints at which a world is kept frozen: a verdict comes within a second or two, and questions soon after.
  /// Frozen worlds share what did not change since.
  package static let checkpointsKept = 4
  /// Bytes of a question: sixteen ranges of nodes.
  package static let questionBytes = 512
  /// Bytes of one piece of an answer: with its header one datagram, so that a lost one costs no other.
  package static let answerPieceBytes = 1_024
  /// Pieces of an answer: as many as a mask names, and no more than one packet would hold.
  package static let answerPieces = 64
  /// Answers kept for those who have lost a piece of one.
  package static let answersKept = 4
  /// A peer computes so many answers a second at most: each looks through the world.
  package static let answersPerSecond = 20
  /// How long an answer is waited for before the question is repeated, and before somebody else is asked.
  package static let questionPatience = Delay.milliseconds(60)
  package static let otherPatience = Delay.milliseconds(400)
  /// How long a peer whose world differs looks for the difference before it does without.
  package static let inquestPatience = Delay.milliseconds(1_500)
  /// Worlds that go on differing, with nobody to decide, are looked into so often.
  package static let inquestSpacing = Delay.seconds(10)
  /// Fields that evidence names.
  package static let differences = 16
  /// Frames and bytes of frames in evidence, the newest: a second has fifty when nothing happens.
  package static let evidenceFrames = 1_024
  package static let evidenceBytes = 1_024 * 1_024
  /// Two verdicts against an identity within so long, ten checkpoints, make it an observer for ``offenderPatience``
  /// behind the newest one.
  package static let offencesApart = Delay.seconds(10)
  package static let offenderPatience = Delay.seconds(60)
}
