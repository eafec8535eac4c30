/// What is different in a world since an earlier moment of it: for views that would rather not look at everything.
public struct Changes: Equatable, Sendable {
  /// Whether the state of the root differs.
  public fileprivate(set) var rootChanged = false
  /// Nodes that were not there before, ids ascending.
  public fileprivate(set) var spawned: [NodeID] = []
  /// Nodes whose state differs, ids ascending.
  public fileprivate(set) var changed: [NodeID] = []
  /// Nodes that are gone, ids ascending.
  public fileprivate(set) var destroyed: [NodeID] = []

  /// Whether nothing differs.
  public var isEmpty: Bool { !rootChanged && spawned.isEmpty && changed.isEmpty && destroyed.isEmpty }
}

extension Frozen {
  /// What has changed between an earlier moment and this one. Both may be of any machines of this world, but when one
  /// came from the other by advancing, forking or freezing, memory that both still share is not looked at:
  /// O(nodes / 64 + 64 · chunks that were written). Messages that wait do not count.
  public func changes(since earlier: Frozen) -> Changes {
    var changes = Changes()
    changes.rootChanged = hash(state.root, 0, program.types[0]) != hash(earlier.state.root, 0, program.types[0])
    for (number, type) in program.types.enumerated().dropFirst() {
      addChanges(from: earlier.state.columns[number], to: state.columns[number], type, to: &changes)
    }
    changes.spawned.sort()
    changes.changed.sort()
    changes.destroyed.sort()
    return changes
  }

  private func addChanges(from before: Column, to after: Column, _ type: Operations, to changes: inout Changes) {
    for number in 0..<max(before.slab.chunkCount, after.slab.chunkCount) {
      let old = number < before.slab.chunkCount ? before.slab[chunk: number] : nil
      let new = number < after.slab.chunkCount ? after.slab[chunk: number] : nil
      if old === new { continue }
      if let new {
        for slot in Slots(new.occupied) {
          let id = NodeID(new.words[slot])
          guard let place = before.slot(of: id) else {
            changes.spawned.append(id)
            continue
          }
          let twin = before.slab[chunk: Int(place >> 6)]
          if hash(new, slot, type) != hash(twin, Int(place & 63), type) { changes.changed.append(id) }
        }
      }
      if let old {
        for slot in Slots(old.occupied) where after.slot(of: NodeID(old.words[slot])) == nil {
          changes.destroyed.append(NodeID(old.words[slot]))
        }
      }
    }
  }

  private func hash(_ chunk: Chunk, _ slot: Int, _ type: Operations) -> UInt128 {
    var sink = DigestSink(key: 0)
    type.hashNode(UnsafeRawPointer(chunk.values + slot * type.nodeLayout.stride), &sink)
    return sink.value
  }
}

extension Machine {
  /// What has changed since an earlier moment: ``Frozen/changes(since:)`` of this one.
  public func changes(since earlier: Frozen<W>) -> Changes { frozen().changes(since: earlier) }
}
