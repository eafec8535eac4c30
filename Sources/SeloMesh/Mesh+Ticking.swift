package import SeloWire

// How often the reflector says something when there is nothing to say (PROTOCOL section 3).
//
// Everybody derives the silence limit T from the tick period, so a change of it must not look like a silence. A slower
// tick is waited for as soon as the frame that orders it is here, and kept only when that frame is agreed: then a
// quorum is patient. A faster one is kept when it is agreed, and expected only by those who know that it is.

extension Mesh {
  /// The tick period in force: as the agreed log says. The reflector keeps it.
  package var tick: Delay { log.floor.tick }

  /// The slowest that a reflector may keep: the one in force, or one that is ordered. One at most is pending, so there
  /// is no third. Followers are as patient as it takes.
  package var slowestTick: Delay { max(log.floor.tick, log.head.tick) }

  /// Orders what a host has decided, one change at a time.
  mutating func orderTick(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(let reflecting) = phase, let wanted = reflecting.tickWanted else { return }
    guard agreed >= reflecting.started, log.head.tickOrdered <= agreed, canStamp else { return }
    changeReflecting { $0.tickWanted = nil }
    // Others may have come in since it was decided.
    if wanted == log.head.tick || !log.head.isFit(tick: wanted) { return }
    stamp(.tick(wanted), moment, &effects)
  }

  /// A faster tick is in force: the next idle frame is due sooner.
  mutating func quicken(_ moment: Moment<some Notary>) {
    let latest = moment.now + tick
    changeReflecting { $0.nextTick = min($0.nextTick, latest) }
  }
}
