import SeloWire

// A branch becomes the trunk (PROTOCOL section 6, "No quorum").

extension Mesh {
  /// A person says so: the branch is the trunk from here on, whatever became of those who are missing.
  mutating func adoptBranch(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard canAdopt, mayDecide(facts.me) else { return effects.append(.rejected(.unexpected, from: nil)) }
    stamp(.adopt(log.head.ancestry.lineage), moment, &effects)
    agree(moment, &effects)
  }

  /// Every voter that did not come along has returned as a newer run: nobody is left who could go on as the trunk.
  mutating func adoptIfSafe(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard canAdopt, log.head.ancestry.missing.isEmpty else { return }
    stamp(.adopt(log.head.ancestry.lineage), moment, &effects)
  }

  /// Whether this peer reflects a branch that nobody has adopted yet.
  var canAdopt: Bool {
    guard case .reflecting(let reflecting) = phase, canStamp, agreed >= reflecting.started else { return false }
    return !log.head.ancestry.isTrunk && log.head.ancestry.adoption == nil
  }
}
