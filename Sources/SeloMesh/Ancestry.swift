package import SeloWire

/// One branch on the way from the founding to a lineage: what it ranks by, all of it settled when it began.
package struct Branching: Hashable, Sendable {
  /// The branch's own name.
  package let lineage: LineageID
  /// Version of the agreed roster that it left with.
  package let version: UInt64
  /// How many voters of that roster went along.
  package let voters: UInt32
  /// The oldest of them.
  package let oldest: MemberID
  /// The term of the last frame before the branch.
  package let term: Term
  /// The last frame that the branch shares with its parent.
  package let cut: UInt64
  /// How many branches between this one and the one named before it are not named any more.
  package private(set) var unnamed: UInt32 = 0

  package init(lineage: LineageID, version: UInt64, voters: UInt32, oldest: MemberID, term: Term, cut: UInt64) {
    self.lineage = lineage
    self.version = version
    self.voters = voters
    self.oldest = oldest
    self.term = term
    self.cut = cut
  }

  /// Of two branches of one parent: with voters before without, then the newer roster, more of its voters, the older
  /// of their oldest, the better log, and at last the name, so that no two are equal. Where branches are not named any
  /// more, who left out fewer is nearer to the trunk: so a parent beats the branch that took its place.
  func beats(_ other: Branching) -> Bool {
    if unnamed != other.unnamed { return unnamed < other.unnamed }
    if (voters > 0) != (other.voters > 0) { return voters > 0 }
    if version != other.version { return version > other.version }
    if voters != other.voters { return voters > other.voters }
    if oldest != other.oldest { return oldest < other.oldest }
    if term != other.term { return term > other.term }
    return cut != other.cut ? cut > other.cut : lineage < other.lineage
  }

  /// This branch in the place of its parent, which is not named any more.
  func replacing(_ parent: Branching) -> Branching {
    var branching = self
    branching.unnamed = min(parent.unnamed, .max - 1) + 1
    return branching
  }

  package static let encodedSize = 16 + 8 + 4 + 4 + Term.encodedSize + 8 + 4

  func write(to writer: inout ByteWriter) {
    writer.raw(lineage.bytes.bytes)
    writer.uint64(version)
    writer.uint32(voters)
    writer.uint32(oldest.value)
    term.write(to: &writer)
    writer.uint64(cut)
    writer.uint32(unnamed)
  }

  init(reading reader: inout ByteReader) throws(DecodeError) {
    self.init(
      lineage: try reader.lineage(), version: try reader.uint64(), voters: try reader.uint32(),
      oldest: try reader.memberID(), term: try Term(reading: &reader), cut: try reader.uint64())
    unnamed = try reader.uint32()
  }
}

/// How a lineage comes from the founding: derived from its log, part of snapshots.
package struct Ancestry: Hashable, Sendable {
  /// The lineage that counts as the trunk here: the founding's, or the newest adopted branch.
  package private(set) var root: LineageID
  /// How many adoptions lead to it.
  package private(set) var generation: UInt32 = 0
  /// The branches behind the root, oldest first; beyond ``Limits/branchDepth`` the newest takes its parent's place.
  package private(set) var branches: [Branching] = []
  /// Voters that did not come along and may still go on elsewhere; of each identity the newest run, which makes the
  /// earlier ones impossible. One more than a roster holds are as good as any number: they never all come back.
  package private(set) var missing: [Author] = []
  /// The frame that adopts the newest branch, while it is not agreed.
  package private(set) var adoption: UInt64?

  init(root: LineageID) { self.root = root }

  /// The newest lineage.
  package var lineage: LineageID { branches.last?.lineage ?? root }
  package var isTrunk: Bool { branches.isEmpty }
  /// The last frame that this lineage shares with the trunk it left, if it left one.
  package var cut: UInt64? { branches.first?.cut }

  mutating func branch(_ branching: Branching, without missing: [Author]) {
    if branches.count == Limits.branchDepth {
      branches.append(branching.replacing(branches.removeLast()))
    } else {
      branches.append(branching)
    }
    for author in missing { miss(author) }
    adoption = nil
  }

  private mutating func miss(_ author: Author) {
    if let index = missing.firstIndex(where: { $0.identity == author.identity }) {
      if missing[index].incarnation < author.incarnation { missing[index] = author }
    } else if missing.count <= Limits.members {
      missing.append(author)
    }
  }

  /// Whether everybody who did not come along is a member now, as a newer run that has caught up: the run that is
  /// missing is gone, and where its successor is it cannot be elsewhere.
  func isWhole(in roster: Roster) -> Bool {
    missing.allSatisfy { missing in
      roster.entries.contains {
        $0.identity == missing.identity && $0.author.incarnation > missing.incarnation && $0.standing > .learner
      }
    }
  }

  mutating func adopt(at sequence: UInt64) { adoption = sequence }

  /// Frames up to `agreed` are agreed: an adoption among them makes this lineage the trunk.
  mutating func settle(_ agreed: UInt64) {
    guard let adoption, adoption <= agreed else { return }
    root = lineage
    generation = min(generation, .max - 1) + 1
    branches = []
    missing = []
    self.adoption = nil
  }

  func write(to writer: inout ByteWriter) {
    writer.raw(root.bytes.bytes)
    writer.uint32(generation)
    writer.count(branches.count)
    for branching in branches { branching.write(to: &writer) }
    writer.count(missing.count)
    for author in missing { author.write(to: &writer) }
    writer.uint64(adoption ?? 0)
  }

  init(reading reader: inout ByteReader) throws(DecodeError) {
    root = try reader.lineage()
    generation = try reader.uint32()
    for _ in 0..<(try reader.count(limit: Limits.branchDepth, elementSize: Branching.encodedSize)) {
      branches.append(try Branching(reading: &reader))
    }
    for _ in 0..<(try reader.count(limit: Limits.members + 1, elementSize: 40)) {
      missing.append(try Author(reading: &reader))
    }
    let adoption = try reader.uint64()
    self.adoption = adoption == 0 ? nil : adoption
  }
}
