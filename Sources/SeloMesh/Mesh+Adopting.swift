import SeloWire

// A branch becomes the trunk (PROTOCOL section 6, "No quorum").

extension Mesh {
  /// A person says so: the branch is the trunk from here on, whatever became of those who are missing.
  mutating func adoptBranch(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard canAdopt, mayDecide else { return effects.append(.rejected(.unexpected, from: nil)) }
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

  /// Hosts decide; when there is none, the oldest voter does.
  private var mayDecide: Bool {
    let hosts = roster.entries.filter { $0.role == .host }
    return hosts.isEmpty ? roster.voters.first == facts.me : hosts.contains { $0.member == facts.me }
  }
}
