import SeloWire

// A branch becomes the trunk (PROTOCOL section 6, "No quorum").

extension Mesh {
  /// A person says so: the branch is the trunk from here on, whatever became of those who are missing.
  mutating func adoptBranch(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard canAdopt, mayDecide(facts.me) else { return effects.append(.rejected(.unexpected, from: nil)) }
    stamp(.adopt(log.head.ancestry.lineage), moment, &effects)
    agree(moment, &effects)
  }

  /// Every voter that did not come along has been here for a while, as a newer run: nobody who was missed can go on as
  /// the trunk. Whoever the trunk took in since, and the branches beside this one, had time to be heard; a better
  /// lineage would have drawn the members away.
  mutating func adoptIfSafe(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard canAdopt else { return }
    let isWhole = log.head.ancestry.isWhole(in: log.head.roster)
    let since = changeReflecting { reflecting in
      reflecting.wholeSince = isWhole ? reflecting.wholeSince ?? moment.now : nil
      return reflecting.wholeSince
    }
    guard let since, let since, moment.now.since(since) >= Timing.adoptionPatience else { return }
    stamp(.adopt(log.head.ancestry.lineage), moment, &effects)
  }

  /// Whether this peer reflects a branch that nobody has adopted yet.
  var canAdopt: Bool {
    guard case .reflecting(let reflecting) = phase, canStamp, agreed >= reflecting.started else { return false }
    return !log.head.ancestry.isTrunk && log.head.ancestry.adoption == nil
  }
}
