package import SeloWire

/// What a lineage says of itself to others of the same name, so that both sides come to the same end without a word
/// (PROTOCOL section 8).
package struct LineageClaim: Equatable, Sendable {
  package let session: SessionID
  /// Founding or adopted branch: what both call the trunk.
  package let root: LineageID
  /// How many adoptions lead from the founding to the root.
  package let generation: UInt32
  /// The branches behind the root, oldest first.
  package let branches: [Branching]
  /// Whether its log holds any message.
  package let hasMessages: Bool

  package init(
    session: SessionID, root: LineageID, generation: UInt32, branches: [Branching], hasMessages: Bool
  ) {
    self.session = session
    self.root = root
    self.generation = generation
    self.branches = branches
    self.hasMessages = hasMessages
  }

  package var lineage: LineageID { branches.last?.lineage ?? root }

  /// How this lineage stands to another. Two members of the two lineages always come to opposite answers.
  package func ranking(against other: LineageClaim) -> Ranking {
    if session != other.session { return ranking(againstFounding: other) }
    if lineage == other.lineage { return .same }
    var own = branches[...]
    var others = other.branches[...]
    if root != other.root {
      // One side may have adopted a branch that the other still counts as one.
      if let index = own.firstIndex(where: { $0.lineage == other.root }) {
        own = own[(index + 1)...]
      } else if let index = others.firstIndex(where: { $0.lineage == root }) {
        others = others[(index + 1)...]
      } else {
        return ranking(againstOtherTrunk: other)
      }
    }
    while let first = own.first, let otherFirst = others.first {
      if first.lineage != otherFirst.lineage { return first.beats(otherFirst) ? .wins : .loses }
      own.removeFirst()
      others.removeFirst()
    }
    // A prefix beats its branches.
    if own.isEmpty, others.isEmpty { return .same }
    return own.isEmpty ? .wins : .loses
  }

  /// Lineages of two trunks. A branch, on which nothing is final, gives way to a trunk that was adopted since, or to a
  /// branch of such a trunk; two trunks are for a person to decide, and so is what only one of them can outdo.
  private func ranking(againstOtherTrunk other: LineageClaim) -> Ranking {
    if generation > other.generation { return other.branches.isEmpty ? .rival : .wins }
    if generation < other.generation { return branches.isEmpty ? .rival : .loses }
    return .rival
  }

  /// Two foundings of one name: one without messages gives way; two with messages are for a person to decide.
  private func ranking(againstFounding other: LineageClaim) -> Ranking {
    switch (hasMessages, other.hasMessages) {
    case (true, true): .rival
    case (true, false): .wins
    case (false, true): .loses
    case (false, false): session.bytes < other.session.bytes ? .wins : .loses
    }
  }

  package func write(to writer: inout ByteWriter) {
    writer.raw(session.bytes.bytes)
    writer.raw(root.bytes.bytes)
    writer.uint32(generation)
    writer.count(branches.count)
    for branching in branches { branching.write(to: &writer) }
    writer.bool(hasMessages)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    session = SessionID(try reader.bytes16())
    root = try reader.lineage()
    generation = try reader.uint32()
    var branches: [Branching] = []
    for _ in 0..<(try reader.count(limit: Limits.branchDepth, elementSize: Branching.encodedSize)) {
      branches.append(try Branching(reading: &reader))
    }
    self.branches = branches
    hasMessages = try reader.bool()
  }
}

/// How one's own lineage stands to another.
package enum Ranking: Equatable, Sendable {
  case same
  /// The other's members come here.
  case wins
  /// One goes there.
  case loses
  /// Two trunks, or two foundings with messages: nothing happens by itself, a person decides.
  case rival
}

extension LogState {
  /// What this prefix claims in its session.
  package func claim(in session: SessionID) -> LineageClaim {
    LineageClaim(
      session: session, root: ancestry.root, generation: ancestry.generation, branches: ancestry.branches,
      hasMessages: !authors.all.isEmpty)
  }
}

extension Mesh {
  package var claim: LineageClaim { byLength(log.head.claim(in: facts.session)) }
}
