package import SeloWire

/// Taking frames of a reign's reflector, in order (PROTOCOL section 4).
package struct Following: Hashable, Sendable {
  package let reign: Reign
  /// Who reflects it; once it has been handed over, the successor.
  package var reflector: Member
  var ahead = Ahead()
  var repair = RepairClock()
  /// The newest frame of the reign that was heard of, held or not: what lies below it is asked for.
  var heardOf: UInt64 = 0
  var owesAck = true
  /// When the reflector's port is to be probed next.
  var nextProbe: Instant?
  /// The reflector said that it leaves.
  var farewell = false
  /// What the reflector's own frames show of it: no further frame takes such a suspicion back.
  var distrust: SuspectReason?
  /// The two frames for one place that make it distrusted, and when they are shown again.
  var evidence: Evidence?

  struct Evidence: Hashable, Sendable {
    let one: SignedFrame
    let other: SignedFrame
    var nextWord: Instant
  }

  /// A host wants the reflector out.
  var unwanted: Unwanted?

  /// What this peer, which has just handed the reign over, repeats until its successor answers.
  var parting: Parting?

  struct Parting: Hashable, Sendable {
    let frame: SignedFrame
    var nextWord: Instant
  }

  init(reign: Reign, reflector: Member) {
    self.reign = reign
    self.reflector = reflector
  }

  func deadline(_ detector: FailureDetector, closedPort: Instant?) -> Instant {
    let probe = max(detector.probeTime, nextProbe ?? .zero)
    let own = min(suspicionTime(detector, closedPort: closedPort), probe)
    return min(own, repair.due ?? own, parting?.nextWord ?? own)
  }

  func reason(isSilent: Bool) -> SuspectReason {
    if let distrust { return distrust }
    if farewell { return .leaving }
    return isSilent ? .silence : .closedPort
  }

  /// The silence limit, or one tick after the port was found closed.
  func suspicionTime(_ detector: FailureDetector, closedPort: Instant?) -> Instant {
    if farewell || distrust != nil { return .zero }
    return min(detector.suspicionTime, closedPort ?? detector.suspicionTime)
  }
}

/// Frames that came before those in front of them: bounded in number and bytes, sorted, each once.
struct Ahead: Hashable, Sendable {
  private(set) var frames: [Proven<SignedFrame>] = []
  private var bytes = 0

  var first: Proven<SignedFrame>? { frames.first }

  func holds(_ frame: SignedFrame) -> Bool { frames.contains { $0.value.hash == frame.hash } }

  /// Keeps a frame; false when it is held already or there is no room.
  mutating func keep(_ frame: Proven<SignedFrame>, above received: UInt64) -> Bool {
    let sequence = frame.value.sequence
    guard sequence - received <= UInt64(Limits.framesAhead) else { return false }
    guard bytes + frame.value.encodedSize <= Limits.bytesAhead else { return false }
    let index = frames.lastIndex { $0.value.sequence <= sequence }.map { $0 + 1 } ?? 0
    if index > 0, frames[index - 1].value.sequence == sequence { return false }
    frames.insert(frame, at: index)
    bytes += frame.value.encodedSize
    return true
  }

  /// What is missing above `received`, lowest first: as many gaps as one asks about at a time, and as many frames as
  /// one answer has. Where nothing is ahead, all that may follow. O(frames ahead).
  func gaps(above received: UInt64) -> [ClosedRange<UInt64>] {
    var gaps: [ClosedRange<UInt64>] = []
    var (next, room) = (received + 1, UInt64(Limits.repairFrames))
    if frames.isEmpty { return [next...next + room - 1] }
    for sequence in frames.lazy.map(\.value.sequence) where sequence >= next {
      if sequence > next {
        let gap = next...min(sequence - 1, next + room - 1)
        gaps.append(gap)
        room -= UInt64(gap.count)
        if room == 0 || gaps.count == Limits.repairGaps { break }
      }
      next = sequence + 1
    }
    return gaps
  }

  mutating func takeFirst() -> Proven<SignedFrame> {
    let frame = frames.removeFirst()
    bytes -= frame.value.encodedSize
    return frame
  }
}
