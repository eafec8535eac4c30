package import SeloWire

/// The frames a peer holds, without gap, and what they amount to.
///
/// Frames at or below `floor` are agreed and never taken back; those above may be, when a new term stands on another
/// log. Older agreed frames are let go in bulk when the log reaches its limits.
package struct FrameLog: Hashable, Sendable {
  /// State at the newest frame held.
  package private(set) var head: LogState
  /// State at an agreed frame: where a truncation starts over, and what a snapshot carries.
  package private(set) var floor: LogState
  /// Frames above the base, oldest first.
  private var frames: [SignedFrame]
  /// Hash and sequence of the frame before the first one held.
  private var baseSequence: UInt64
  private var baseChain: Bytes32
  private var bytes: Int

  /// A log that begins behind `state`: before the founding frame, or at a snapshot.
  package init(from state: LogState) {
    head = state
    floor = state
    frames = []
    baseSequence = state.sequence
    baseChain = state.chain
    bytes = 0
  }

  /// The chain stands for the frames, and the frames for what they amount to.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(baseSequence)
    hasher.combine(baseChain)
    hasher.combine(head.chain)
    hasher.combine(floor.sequence)
  }

  /// Sequence of the newest frame held.
  package var received: UInt64 { head.sequence }
  /// Sequence of the oldest frame held, when any is.
  package var oldest: UInt64 { baseSequence + 1 }

  package subscript(sequence: UInt64) -> SignedFrame? { index(of: sequence).map { frames[$0] } }

  /// Hash of the frame `sequence`, also of the one just before the first held; nil when it is not known here.
  package func chain(at sequence: UInt64) -> Bytes32? {
    sequence == baseSequence ? baseChain : hash(at: sequence)
  }

  /// Hash of the frame `sequence`, when it is held.
  package func hash(at sequence: UInt64) -> Bytes32? { index(of: sequence).map { frames[$0].hash } }

  /// What the frame `sequence` says, when it is held.
  package func body(at sequence: UInt64) -> Frame.Body? { index(of: sequence).map { frames[$0].frame.body } }

  private func index(of sequence: UInt64) -> Int? {
    guard sequence > baseSequence, sequence <= received else { return nil }
    return Int(sequence - baseSequence - 1)
  }

  /// Appends the next frame, or refuses it and stays. The result is what the world hears of the roster.
  @discardableResult
  package mutating func append(
    _ frame: Proven<SignedFrame>, notary: some Notary
  ) throws(Rejection) -> [PresenceChange] {
    let changes = try head.apply(frame.value, notary: notary)
    frames.append(frame.value)
    bytes += frame.value.encodedSize
    assert(received == baseSequence + UInt64(frames.count))
    return changes
  }

  /// Forgets every frame above `sequence`, which is not below the floor. O(frames above the floor).
  package mutating func truncate(to sequence: UInt64, notary: some Notary) {
    precondition(sequence >= floor.sequence, "frame \(sequence) lies below the agreed frame \(floor.sequence)")
    guard sequence < received else { return }
    let kept = Int(sequence - baseSequence)
    for frame in frames[kept...] { bytes -= frame.encodedSize }
    frames.removeLast(frames.count - kept)
    head = replayed(from: floor, to: sequence, notary: notary)
  }

  /// Raises the floor: `sequence` is agreed.
  package mutating func settle(to sequence: UInt64, notary: some Notary) {
    guard sequence > floor.sequence else { return }
    precondition(sequence <= received, "agreed \(sequence) above received \(received)")
    while floor.sequence < sequence, let next = index(of: floor.sequence + 1) {
      // Judged when it was appended: it can't fail.
      do { try floor.apply(frames[next], notary: notary) } catch { preconditionFailure("held frame refused: \(error)") }
    }
    trim()
  }

  /// Frames of `range` that are held, at most `limit` of them and at most `bytes` long (but one at least).
  package func frames(_ range: Range<UInt64>, limit: Int, bytes limitBytes: Int) -> [SignedFrame] {
    let first = max(range.lowerBound, oldest)
    var found: [SignedFrame] = []
    var size = 0
    var sequence = first
    while sequence < range.upperBound, found.count < limit, let frame = self[sequence] {
      size += frame.encodedSize
      if size > limitBytes, !found.isEmpty { break }
      found.append(frame)
      sequence += 1
    }
    return found
  }

  /// The states of this log's frames were judged when they were appended; walking them again can't fail.
  private func replayed(from state: LogState, to sequence: UInt64, notary: some Notary) -> LogState {
    var state = state
    while state.sequence < sequence, let frame = self[state.sequence + 1] {
      do { try state.apply(frame, notary: notary) } catch { preconditionFailure("held frame refused: \(error)") }
    }
    return state
  }

  /// Lets go of the older half when a limit is reached, never of frames above the floor.
  private mutating func trim() {
    guard frames.count > Limits.logFrames || bytes > Limits.logBytes else { return }
    let settled = Int(floor.sequence - baseSequence)
    let dropped = min(settled, frames.count / 2)
    guard dropped > 0 else { return }
    for frame in frames[..<dropped] { bytes -= frame.encodedSize }
    baseChain = frames[dropped - 1].hash
    baseSequence += UInt64(dropped)
    frames.removeFirst(dropped)
  }
}
