import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// A member that lies: one at most, and what must hold all the same.

/// What one liar has done so far.
struct LieRecord {
  /// Reigns in which it signed two frames for one place: the laws ask nothing of them.
  var reigns: [Reign] = []
  var frames: [SecondFrame] = []

  /// A second frame, when an honest peer first took it, and whether anybody told its application.
  struct SecondFrame {
    let frame: SignedFrame
    var taken: Instant?
    var isShown = false
  }
}

extension Simulation {
  /// Who lies, if anybody does.
  static func liar(_ options: SimulationOptions, _ faults: Faults) -> Int? {
    guard faults.contains(.byzantine), options.peers > 1 else { return nil }
    var chance = Chance(seed: options.seed, stream: 102)
    return chance.below(options.peers)
  }

  /// One lie to one member, or to all.
  func lie() {
    guard let liar, peers[liar].isAwake, let mesh = peers[liar].mesh else { return }
    let others = mesh.log.head.roster.entries.filter { $0.member != mesh.facts.me }
    guard !others.isEmpty else { return }
    let victim = chances.lies.pick(others)
    let hears = chances.lies.below(2) == 0 ? [victim] : others
    let simple = Lie.allCases.filter { $0 != .twoFrames }
    let lie = mesh.isReflector && chances.lies.happens(3_000) ? .twoFrames : chances.lies.pick(simple)
    count("lie_\(lie.rawValue)")
    note("lie \(lie.rawValue) of \(peers[liar].name) about \(victim.name)")
    if lie.signsFrames, mesh.reflector(of: mesh.currentReign) == mesh.facts.me { lies.reigns.append(mesh.currentReign) }
    let tongue = Liar(mesh: mesh, voice: peers[liar], victim: victim)
    if lie == .twoFrames { return utterSecondFrame(tongue, to: victim) }
    var words = tongue.words(lie, &chances.lies).map(\.encoded)
    if lie == .garbage { words = [chances.lies.bytes(1 + chances.lies.below(300))] }
    for entry in hears { utter(words, to: entry) }
  }

  /// The victim takes this one first; then it sees the one that all others hold.
  private func utterSecondFrame(_ tongue: Liar<SimulatedPeer<W>>, to victim: RosterEntry) {
    let frame = tongue.secondFrame
    lies.frames.append(LieRecord.SecondFrame(frame: frame))
    utter([Packet.frames(frame.frame.reign, [frame]).encoded], to: victim)
  }

  private func utter(_ words: [[UInt8]], to entry: RosterEntry) {
    guard let liar else { return }
    var spoken: [PeerEffect] = []
    for word in words { peers[liar].utter(word, to: entry.author, into: &spoken) }
    for case .send(let bytes, let target) in spoken { send(bytes, from: peers[liar], to: target) }
  }

  /// In the end a liar that signed twice is gone for good; one that only talked is a member like all others.
  func expelLiar() {
    guard let liar, !lies.reigns.isEmpty else { return }
    isExpelled = true
    if peers[liar].isAlive {
      note("expel \(peers[liar].name)")
      peers[liar].crash()
    }
  }

  // The laws of lying

  /// `LiesAreShown`: where nothing else goes wrong, a second frame that an honest peer took is shown to some
  /// application within a second.
  func watchLies(_ peer: SimulatedPeer<W>, _ fresh: [SignedFrame]) {
    if lies.frames.isEmpty { return }
    for index in lies.frames.indices where !lies.frames[index].isShown {
      if lies.frames[index].taken == nil, peer.index != liar,
        fresh.contains(where: { $0.hash == lies.frames[index].frame.hash })
      {
        lies.frames[index].taken = now
      }
      if let taken = lies.frames[index].taken, options.faults == .byzantine, now.since(taken) > .seconds(1) {
        violate("LiesAreShown", "nobody was told of the two frames \(lies.frames[index].frame.sequence)")
        lies.frames[index].isShown = true
      }
    }
  }

  /// `OnlyLiarsAreBlamed`: what is shown as evidence is of a reign whose reflector signed twice.
  func judgeEvidence(_ bytes: [UInt8], at peer: SimulatedPeer<W>) {
    var reader = ByteReader(bytes)
    guard let frame = try? Frame(reading: &reader) else {
      return violate("OnlyLiarsAreBlamed", "\(peer.name) shows what is no frame")
    }
    if !lies.reigns.contains(frame.reign) {
      violate("OnlyLiarsAreBlamed", "\(peer.name) blames term \(frame.reign.term.number), whose reflector is honest")
    }
    for index in lies.frames.indices
    where lies.frames[index].frame.sequence == frame.sequence && lies.frames[index].frame.frame.reign == frame.reign {
      lies.frames[index].isShown = true
    }
  }
}
