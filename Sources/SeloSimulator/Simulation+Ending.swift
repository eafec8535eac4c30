import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// The end: what the protocol promises once the weather is fair (docs/TESTING.md, "What must have healed").

/// How far the protocol as built goes; what it does not do is not demanded.
private enum Promised {
  /// Whether lineages that meet become one again (PROTOCOL section 8); two trunks wait for a person.
  static let mergesLineages = true
  /// How long after the fair phase began everything may take: a silent member is evicted after ten seconds, and who
  /// finds itself evicted has to come in again.
  static let healing = Delay.seconds(20)
  /// When those who can order messages must be doing so: the silence limit of one that was starved a moment ago is up
  /// to 2.5 s, and an election follows.
  static let standstill = Delay.seconds(3)
  /// Where no quorum is left, so many silence limits more: a branch begins after two without a word of the others.
  static let lonelyLimits: UInt64 = 2
  /// When everybody who can hear the others has heard them.
  static let hearing = Delay.seconds(2)
  /// How long it is watched afterwards.
  static let calm = Delay.seconds(2)
}

extension Simulation {
  /// Looks whether everything has healed. When it has, the simulation is over; when it takes too long, it has failed.
  func look() {
    guard let fairSince, let lastPublish else { return }
    guard let unrest = unrest() else {
      // What has healed stays so: no term changes while nothing is wrong.
      let reigns = reignsNow
      guard let calm else {
        // Who has just published waits for an answer.
        guard now >= lastPublish + .seconds(1) else { return queue.add(.look, at: now + .milliseconds(500)) }
        self.calm = (now, reigns)
        return queue.add(.look, at: now + .milliseconds(500))
      }
      if reigns != calm.reigns { violate("Liveness", "a term changed in calm: \(calm.reigns) became \(reigns)") }
      guard now.since(calm.since) >= Promised.calm else { return queue.add(.look, at: now + .milliseconds(500)) }
      isOver = true
      coverEnding()
      let millis = Double(calm.since.since(fairSince).nanoseconds) / 1e6
      report.longestHealingMilliseconds = max(report.longestHealingMilliseconds, millis)
      return
    }
    noteCompanies()
    if let standstill = standstill(since: fairSince) {
      isOver = true
      violate("Liveness", standstill)
    }
    if calm != nil || now.since(fairSince) >= Promised.healing {
      isOver = true
      violate("Liveness", calm == nil ? unrest : "healed, and not for long: \(unrest)")
    }
    queue.add(.look, at: now + .milliseconds(500))
  }

  /// Who stays behind when others cross to another lineage waits for them: so it counts how many a lineage has had.
  func noteCompanies() {
    let counts = peers.compactMap(\.mesh?.promise.lineage).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    companies.merge(counts) { max($0, $1) }
  }

  /// What has not healed yet; nil when all is well.
  private func unrest() -> String? {
    let alive = peers.filter(\.isAlive)
    let members = alive.compactMap { peer in peer.mesh.map { (name: peer.name, mesh: $0) } }
    if members.isEmpty { return nil }
    var lineages: [[(name: String, mesh: Mesh)]] = []
    for member in members {
      if let index = lineages.firstIndex(where: { $0[0].mesh.promise.lineage == member.mesh.promise.lineage }) {
        lineages[index].append(member)
      } else {
        lineages.append([member])
      }
    }
    let going = lineages.filter { canGoOn($0.map(\.mesh)) }
    let outside = alive.filter { $0.mesh == nil }
    if let first = outside.first, !going.isEmpty {
      return "\(first.name) is no member in the end but \(first.phase.map { "\($0)" } ?? "nothing")"
    }
    if Promised.mergesLineages, !options.majority, lineages.count > 1, !metRival {
      return "\(lineages.count) lineages in the end"
    }
    for lineage in lineages {
      let places = lineage.map { place($0.name, $0.mesh) }.joined(separator: ", ")
      let meshes = lineage.map(\.mesh)
      let unrest = canGoOn(meshes) ? unrest(in: meshes) : unrest(inHalted: meshes)
      if let unrest { return "\(unrest): \(places)" }
    }
    return nil
  }

  /// A lineage that could order messages, and in which nothing is agreed; nil when there is none. Those who have no
  /// vote carry a world on only after waiting for longer, and who was left by others since the weather is fair waits
  /// for them first.
  private func standstill(since fair: Instant) -> String? {
    let members = peers.filter { $0.isAlive && $0.mesh != nil }
    for lineage in Set(members.compactMap(\.mesh?.promise.lineage)) {
      let here = members.filter { $0.mesh?.promise.lineage == lineage }
      if here.count < companies[lineage, default: 0] { continue }
      let isGoing = here.contains { $0.isReflector && now.since($0.pulse?.agreedGrew ?? .zero) < .seconds(1) }
      let meshes = here.compactMap(\.mesh)
      let due = fair + Promised.standstill + fairLimit * (hasQuorum(meshes) ? 0 : Promised.lonelyLimits)
      guard now >= due, now < due + .milliseconds(500) else { continue }
      if isGoing || !canGoOn(meshes) || !meshes.contains(where: \.isVoting) { continue }
      return "nothing is agreed: "
        + here.compactMap { peer in peer.mesh.map { place(peer.name, $0) } }.joined(separator: ", ")
    }
    return nil
  }

  /// Who has heard for long enough that others live does not leave them: nobody branches in fair weather while those of
  /// its lineage, itself among them, are a quorum. One of them is elected.
  func judgeBranch(of name: String, _ mesh: Mesh) {
    guard let fairSince, now.since(fairSince) >= Promised.hearing, lies.reigns.isEmpty else { return }
    let parent = mesh.log.head.history.dropLast().last?.reign.lineage
    let others = peers.filter { $0.isAlive && $0.mesh?.promise.lineage == parent }
    let meshes = others.compactMap(\.mesh)
    let here = meshes.map(\.facts.me) + [mesh.facts.me]
    guard Agreement.isQuorum(rosters(of: meshes), holds: { here.contains($0) }) else { return }
    let places = zip(others, meshes).map { place($0.name, $1) }.joined(separator: ", ")
    violate("Liveness", "\(name) branches though a quorum of its lineage lives: \(places)")
  }

  /// The reigns of all who can go on, each once. Where too few are left for a term, they ask for one again and again.
  private var reignsNow: [Reign] {
    let meshes = peers.compactMap(\.mesh)
    let going = meshes.filter { mesh in canGoOn(meshes.filter { $0.promise.lineage == mesh.promise.lineage }) }
    return going.map(\.promise).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func coverEnding() {
    let meshes = peers.compactMap(\.mesh)
    if meshes.isEmpty { cover(.sessionLost) }
    if Set(meshes.map(\.promise.lineage)).count > 1 { cover(.twoLineagesInTheEnd) }
    if !meshes.isEmpty, !canGoOn(meshes) { cover(.haltedInTheEnd) }
  }

  /// Whether those who are left of a lineage can order messages: under `available` anybody can branch, though
  /// one without a vote waits for long.
  private func canGoOn(_ meshes: [Mesh]) -> Bool {
    options.majority ? hasQuorum(meshes) : true
  }

  private func hasQuorum(_ meshes: [Mesh]) -> Bool {
    let here = meshes.map(\.facts.me)
    return Agreement.isQuorum(rosters(of: meshes)) { here.contains($0) }
  }

  /// The rosters in force of the best log.
  private func rosters(of meshes: [Mesh]) -> [Roster] {
    let best = meshes.max {
      ($0.lastNormal.term, $0.log.received) < ($1.lastNormal.term, $1.log.received)
    }
    let agreed = meshes.map(\.agreed).max() ?? 0
    return best?.log.head.rostersInForce(agreed: agreed) ?? []
  }

  /// One reflector that all follow, everybody caught up and on the roster, no outbox holds anything.
  private func unrest(in meshes: [Mesh]) -> String? {
    if meshes.contains(where: { $0.promise != meshes[0].promise }) { return "more than one reign in the end" }
    if meshes.contains(where: { !$0.isNormal }) { return "somebody follows nobody in the end" }
    if meshes.count(where: \.isReflector) != 1 { return "no one reflector in the end" }
    let agreed = meshes.map(\.agreed)
    if let low = agreed.min(), let high = agreed.max(), high - low > 5 { return "not caught up in the end" }
    if let tail = meshes.map({ $0.log.received - $0.agreed }).max(), tail > 10 { return "nothing is agreed in the end" }
    // Without restarts the dead stay on the roster for ten seconds, and nothing is final meanwhile.
    let isWhole = meshes[0].roster.voters.count <= meshes.count
    let unsent = meshes.count { mesh in
      let logged = mesh.log.head.authors.last(of: mesh.facts.author)
      return !mesh.outbox.unordered(logged: logged).isEmpty || mesh.outbox.count > 0 && isWhole
    }
    if unsent > 0 { return "\(unsent) outboxes hold messages in the end" }
    let here = meshes.map(\.facts.me)
    if !here.allSatisfy({ meshes[0].roster[$0]?.standing ?? .learner > .learner }) { return "a learner in the end" }
    return nil
  }

  /// Under `majority` and without a quorum nobody may think that anything is agreed.
  private func unrest(inHalted meshes: [Mesh]) -> String? {
    let agreed = meshes.map(\.agreed).max() ?? 0
    defer { haltedAt[meshes[0].promise.lineage] = agreed }
    guard let before = haltedAt[meshes[0].promise.lineage] else { return "has just halted" }
    return agreed > before ? "agrees without a quorum" : nil
  }

  private func place(_ name: String, _ mesh: Mesh) -> String {
    let reign = mesh.promise.term
    let phase = "\(mesh.phase)".prefix { $0 != "(" }
    return "\(name) \(mesh.isTrunk ? "trunk" : "branch") \(reign.number).\(reign.elected.id.value)"
      + " \(phase) \(mesh.facts.me.id.value) at \(mesh.agreed)/\(mesh.log.received)"
  }
}
