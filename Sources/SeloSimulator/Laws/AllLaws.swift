/// All laws with what they remember of one session: a value, so that a search can go back to an earlier moment.
package struct AllLaws: Sendable {
  private var laws: [any Law] = [
    MeshInvariants(), AgreedPrefixes(), TimeNeverFalls(), AuthorsCountOn(), OneReflector(), FinalStays(),
    PromisesRise(), LevelsOfTruth(), QuorumsHoldTheAgreed(), WorldFollowsLog(), MarksAreEqual(), WorldHearsLog(),
    OnlyTheFollowedTermWrites(), IdsVoteOnce(), LeftLineagesStayLeft(), OneRosterChangeAtATime(), StagedIsHidden(),
    OneTrunk(), NothingIsLost(), LimitsHold(), PresenceIsTheRosters(),
  ]

  package init() {}

  /// What the sight breaks, each with the name and the number of its law.
  package mutating func check(_ sight: Sight) -> [(law: String, number: Int?, what: String)] {
    var broken: [(law: String, number: Int?, what: String)] = []
    for index in laws.indices {
      guard let what = laws[index].check(sight) else { continue }
      let kind = type(of: laws[index])
      broken.append(("\(kind)", kind.number, what))
    }
    return broken
  }

  package func hash(into hasher: inout Hasher) {
    for law in laws { law.hash(into: &hasher) }
  }
}
