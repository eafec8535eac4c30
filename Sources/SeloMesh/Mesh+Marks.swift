import SeloWire

// Marks: frames at which everybody keeps log state and world, so that joiners get the same bytes from anybody (PROTOCOL
// section 8).

extension Mesh {
  /// A mark for learners whom the newest one would leave far behind, and one every ten seconds in which something
  /// happens. Asked for in every wake-up: the roster is looked at only when the newest mark is old.
  mutating func orderMark(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(let reflecting) = phase, canStamp, agreed >= reflecting.started else { return }
    // Who ran the frames behind a verdict again on the same machine would go the same way.
    let mark = log.head.mark
    let isOld = mark == 0 || log.received - mark >= Limits.markFrames || mark < newestVerdict
    guard isOld && hasLearners || log.head.isMarkDue else { return }
    stamp(.mark, moment, &effects)
    agree(moment, &effects)
  }

  private var hasLearners: Bool { log.head.roster.entries.contains { $0.standing == .learner } }

  /// A mark is about to be agreed: what the log amounts to exactly there is the same on every peer.
  mutating func keepMark(
    through target: UInt64, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    let mark = log.head.mark
    guard mark > agreed, mark <= target else { return }
    log.settle(to: mark, notary: moment.notary)
    effects.append(.marked(log.floor))
  }

  /// Whether one who begins behind `mark` can follow from there: it is a mark of the lineage that is followed here, and
  /// the log holds every frame since.
  package func reachesBack(to mark: LogState) -> Bool {
    isNormal && mark.reign?.lineage == promise.lineage && log.oldest <= mark.sequence + 1
      && mark.sequence <= log.received
  }
}
