import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// Troubles that come again and again until the weather turns fair.

extension Simulation {
  func plan(_ trouble: Trouble) {
    let spacing =
      switch trouble {
      case .crash: weather.crashSpacing
      case .pause: weather.pauseSpacing
      case .partition: weather.partitionSpacing
      case .jump: weather.jumpSpacing
      case .starvation: weather.starvationSpacing
      case .slowness: weather.slownessSpacing
      case .lie: weather.lieSpacing
      }
    if spacing == 0 { return }
    let delay =
      switch trouble {
      case .crash: chances.crash.between(spacing / 2, spacing * 3 / 2)
      case .pause: chances.pause.between(spacing / 2, spacing * 3 / 2)
      case .partition: chances.partition.between(spacing / 2, spacing * 3 / 2)
      case .jump: chances.clock.between(spacing / 2, spacing * 3 / 2)
      case .starvation: chances.starvation.between(spacing / 2, spacing * 3 / 2)
      case .slowness: chances.slowness.between(spacing / 2, spacing * 3 / 2)
      case .lie: chances.lies.between(spacing / 2, spacing * 3 / 2)
      }
    queue.add(.trouble(trouble), at: now + Delay(nanoseconds: delay))
  }

  func make(_ trouble: Trouble) {
    if isFair { return }
    plan(trouble)
    report.troubles += 1
    if options.spared.contains(Int(report.troubles)) { return }
    switch trouble {
    case .crash: crash()
    case .pause: pause()
    case .partition: split()
    case .jump: jump()
    case .starvation: starve()
    case .slowness: slow()
    case .lie: lie()
    }
  }

  /// Stops a process for a while, every other time the reflector's.
  private func pause() {
    let awake = peers.filter(\.isAwake)
    let reflectors = awake.filter(\.isReflector)
    let chosen = chances.pause.below(2) == 0 && !reflectors.isEmpty ? reflectors : awake
    let span = chances.pause.pick([50, 200, 800, 2_000, 5_000, 12_000] as [UInt64])
    let place = chances.pause.below(UInt64(1) << 32)
    guard !chosen.isEmpty else { return }
    let victim = chosen[Int(place % UInt64(chosen.count))]
    guard weather.isReckless || keepsQuorum(without: victim) else { return }
    count(victim.isReflector ? "pause_reflector" : "pause")
    note("pause \(victim.name) for \(span) ms")
    disturbances += 1
    stop(victim, for: .milliseconds(span))
  }

  private func split() {
    let reflector = peers.first { $0.isAlive && $0.isReflector }?.index
    let kind = partition.split(peers.count, reflector: reflector, &chances.partition)
    let span = chances.partition.pick([100, 500, 2_000, 6_000, 12_000] as [UInt64])
    count("partition_\(kind)")
    note("partition \(kind) for \(span) ms")
    disturbances += 1
    for peer in peers { peer.lastAdvance = nil }
    queue.add(.heal(partition: partition.number), at: now + .milliseconds(span))
  }

  func heal(_ number: UInt64) {
    guard number == partition.number, !partition.isWhole else { return }
    note("heal")
    partition.heal()
    for peer in peers { peer.lastAdvance = nil }
  }

  private func jump() {
    let peer = peers[chances.clock.below(peers.count)]
    let span = chances.clock.pick([10, 100, 1_000, 10_000] as [UInt64])
    count("clock_jump")
    note("jump \(peer.name) by \(span) ms")
    peer.clock.jump(by: .milliseconds(span), at: now)
    planAnew(peer)
  }

  /// One peer, or all of them, get less of the processor than they need.
  private func starve() {
    let all = chances.starvation.happens(2_500)
    let one = chances.starvation.below(peers.count)
    let until = now + .milliseconds(chances.starvation.between(1_000, 10_000))
    count(all ? "starve_all" : "starve")
    disturbances += 1
    for peer in peers where all || peer.index == one {
      note("starve \(peer.name)")
      peer.starvedUntil = until
    }
  }

  private func slow() {
    let peer = peers[chances.slowness.below(peers.count)]
    let span = chances.slowness.between(2_000, 10_000)
    let rate = chances.slowness.pick([1, 20, 200] as [UInt64])
    guard peer.slowness == nil else { return }
    count("slow")
    note("slow \(peer.name)")
    disturbances += 1
    peer.slowness = .milliseconds(1_000 / rate)
    queue.add(.hurry(peer.index), at: now + .milliseconds(span))
  }

  /// From here on nothing goes wrong, everybody is back, and after three seconds nobody publishes.
  func makeFair() {
    note("fair weather")
    disturbances += 1
    fairSince = now
    fairLimit = peers.compactMap(\.mesh?.silenceLimit).max() ?? .zero
    noteCompanies()
    weather = .fair
    aim = nil
    lastPublish = now + .seconds(3)
    partition.heal()
    for peer in peers {
      peer.starvedUntil = nil
      peer.lastAdvance = nil
      hurry(peer.index)
      if peer.isPaused { resume(peer.index, peer.life) }
    }
    let restarts = options.faults.drawn(by: options.seed).contains(.restart)
    expelLiar()
    for peer in peers where !peer.isAlive && restarts { start(peer.index) }
    queue.add(.look, at: now + .seconds(3))
  }
}

extension Weather {
  /// A clock as wrong as this weather makes them; where clocks are right they show the true time.
  func clock(at now: Instant, _ chance: inout Chance) -> SimulatedClock {
    guard driftPartsPerMillion > 0 else { return SimulatedClock(showing: now, at: now, drift: 0) }
    let drift = Int64(chance.below(2 * driftPartsPerMillion + 1)) - Int64(driftPartsPerMillion)
    let start = now + .milliseconds(chance.below(UInt64(20_000)))
    return SimulatedClock(showing: start, at: now, drift: drift)
  }
}
