import SeloWire

// What a mesh says of itself after every step.

extension Mesh {
  /// What must hold after every step; the simulator runs with these on.
  package func checkInvariants() {
    assert(final <= agreed, "final \(final) above agreed \(agreed)")
    assert(agreed <= log.received, "agreed \(agreed) above received \(log.received)")
    assert(log.floor.sequence == agreed, "floor \(log.floor.sequence) is not the agreed frame \(agreed)")
    assert(
      promise.lineage != lastNormal.lineage || promise.term >= lastNormal.term, "a promise below the last normal term")
    switch phase {
    case .following(let following):
      assert(following.reign == promise)
      assert(lastNormal == promise)
    case .suspecting: break
    case .joining(let joining): assert(joining.next == promise)
    case .reflecting(let reflecting):
      assert(reflecting.reign == promise)
      assert(log.head.reflector == facts.me)
      assert(log.head.successor == nil, "a reflector goes on after it handed over")
    case .staging, .detached: break
    }
  }
}
