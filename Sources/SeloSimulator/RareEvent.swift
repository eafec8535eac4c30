/// Moments in which bugs live. A report counts them, so that a simulator that has become quiet is noticed: seeds that
/// never meet a moment say nothing about it.
public enum RareEvent: String, CaseIterable, Sendable {
  /// Peers that were cut off went on as a lineage of their own.
  case branch
  /// A branch fell apart, too.
  case branchOfBranch = "branch_of_branch"
  /// Lineages became one again.
  case merge
  /// Two trunks of one founding met, which wait for a person: one of them adopted itself while the other lived on.
  case rivals
  /// In the end more than one lineage lived.
  case twoLineagesInTheEnd = "two_lineages_in_the_end"
  /// In the end a session under `majority` stood still for want of a quorum.
  case haltedInTheEnd = "halted_in_the_end"
  /// Everybody who held the world was gone.
  case sessionLost = "session_lost"
  /// A reflector that others had replaced was told so, and followed.
  case zombieFenced = "zombie_fenced"
  /// A reflector doubted that anybody follows, and asked.
  case hailed
  /// Somebody became a member while another member was changing its term.
  case joinDuringTermChange = "join_during_term_change"
  /// A reflector was killed while nothing else was wrong: how long the others took was judged.
  case failoverTimed = "failover_timed"
  /// One who was elected was killed before the term started.
  case candidateKilled = "candidate_killed"
  /// A reflector was killed before its roster change was agreed.
  case killedWithRosterPending = "killed_with_roster_pending"
  /// A member was killed through whose door somebody was coming in.
  case admitterKilled = "admitter_killed"
  /// An election failed, and the next began.
  case contestedElection = "contested_election"
  /// The elected took up another's log before it started the term.
  case candidateFetched = "candidate_fetched"
  /// Frames that a world had executed were taken back.
  case executedRolledBack = "executed_rolled_back"
  /// Exactly half of the voters, the oldest among them, agreed.
  case halfQuorum = "half_quorum"
  /// A message was submitted in one term and agreed in a later one.
  case messageAcrossTerms = "message_across_terms"
  /// The same with two or more changes of term in between.
  case messageAcrossManyTerms = "message_across_many_terms"
  /// A living process gave its id up, because the others went on without it, and came back under a new one.
  case returned
  /// A reflector handed its duty over without an election.
  case handOver = "hand_over"
  /// A word arrived through a third member and not before on the direct way.
  case relayed
  /// A voter that fell behind lost its vote.
  case demoted
  /// A snapshot was gone on with at another holder.
  case snapshotResumed = "snapshot_resumed"
  /// A peer whose world went astray was out, and came back with a fresh copy.
  case quarantined
  /// Two signed frames for one place were seen.
  case equivocation

  /// Moments that the protocol as built never comes to.
  public static let unreachable: [RareEvent] = []
}
