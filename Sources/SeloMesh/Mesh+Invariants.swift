import SeloWire

// What a mesh says of itself after every step.

extension Mesh {
  /// What must hold after every step; where assertions are compiled, each step ends with it.
  package func checkInvariants() {
    assert(brokenInvariant == nil || isDraft, brokenInvariant ?? "")
  }

  /// What does not hold and should; nil when all is well. The simulator asks after every step, in release builds too.
  package var brokenInvariant: String? {
    if final > agreed { return "final \(final) above agreed \(agreed)" }
    if agreed > log.received { return "agreed \(agreed) above received \(log.received)" }
    if log.floor.sequence != agreed { return "floor \(log.floor.sequence) is not the agreed frame \(agreed)" }
    if promise.lineage == lastNormal.lineage, promise.term < lastNormal.term {
      return "a promise below the last normal term"
    }
    switch phase {
    case .following(let following):
      if following.reign != promise { return "follows what it has not promised" }
      if lastNormal != promise { return "follows on the log of another reign" }
    case .joining(let joining): if joining.next != promise { return "joins what it has not promised" }
    case .reflecting(let reflecting):
      if reflecting.reign != promise { return "reflects what it has not promised" }
      if log.head.reflector != facts.me { return "reflects in a term of somebody else" }
      if log.head.successor != nil { return "a reflector goes on after it handed over" }
    case .suspecting, .staging, .detached: break
    }
    return nil
  }
}
