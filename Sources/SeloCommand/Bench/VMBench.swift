import SeloVM

/// What is measured of each workload, by the names of the fields that `--json` prints.
enum Measure: String, CaseIterable {
  case messagesPerSecond = "messages_per_second"
  case snapshotEncode = "snapshot_encode_ms"
  case snapshotDecode = "snapshot_decode_ms"
  case snapshotBytes = "snapshot_bytes"
  /// After a frame, in which every node and every message has changed.
  case digest = "digest_ms"
  /// After a change to a hundred motes that lie far apart.
  case digest100Dirty = "digest_100_dirty_us"
  case fork = "fork_us"
  /// What the first turn after a fork costs more than the same turn without one.
  case firstWrite = "first_write_us"
  /// Back by eight frames and the eight frames again, with a fork before each.
  case rollback = "rollback_ms"
  case bytesPerNode = "bytes_per_node"
  /// Wall time without lanes by wall time with them; null where there are none to lend.
  case lanesSpeedup = "lanes_speedup"
}

/// Measures machines under workloads. A median of repeats stands for each figure; every repeat checks what it computed.
struct VMBench {
  let repeats: Int
  /// What the host lends.
  var lanes: (any Lanes)?
  /// Processor time for each repeat of the messages a second, in nanoseconds.
  private static let stretch = 300e6
  private static let forks = 256
  private static let firstWrites = 101
  private static let rollbackFrames = 8

  struct Row {
    let workload: Workload
    let figures: [Measure: Figure]
  }

  func run(_ workloads: [Workload], progress: (String) -> Void) -> [Row] {
    progress("bytes a node")
    let memory = Self.bytesPerNode(workloads)
    return workloads.map { workload in
      progress(workload.name)
      var figures = measure(workload)
      figures[.bytesPerNode] = memory[workload.name]
      return Row(workload: workload, figures: figures)
    }
  }

  private func measure(_ workload: Workload) -> [Measure: Figure] {
    var rig = Rig(workload)
    rig.runFrame()
    rig.runFrame()
    var figures = [Measure.fork: fork(rig)]
    if workload.kind != .still { figures[.messagesPerSecond] = speed(&rig) }
    guard workload.nodes > 0 else { return figures }
    let (encode, decode, bytes) = snapshot(rig)
    figures[.snapshotEncode] = encode
    figures[.snapshotDecode] = decode
    figures[.snapshotBytes] = Figure(count: Double(bytes))
    figures[.digest] = digest(&rig)
    if ![.ring, .heavy].contains(workload.kind) {
      figures[.digest100Dirty] = digestOfFewDirty(&rig)
      figures[.firstWrite] = firstWrite(&rig)
    }
    if workload.nodes <= 10_000 { figures[.rollback] = rollback(&rig) }
    if workload.kind != .still { figures[.lanesSpeedup] = lanesSpeedup(rig) }
    return figures
  }

  private func speed(_ rig: inout Rig) -> Figure {
    var rates: [Elapsed] = []
    for _ in 0..<repeats {
      let before = rig.messages
      var (processor, wall) = (0.0, 0.0)
      while processor < Self.stretch {
        let frame = Elapsed.measure { rig.runFrame() }
        processor += frame.processor
        wall += frame.wall
      }
      let messages = Double(rig.messages - before)
      rates.append(Elapsed(processor: messages / processor, wall: messages / wall))
    }
    return Figure(rates) { $0 * 1e9 }
  }

  private func snapshot(_ rig: Rig) -> (encode: Figure, decode: Figure, bytes: Int) {
    var (encodes, decodes, size): ([Elapsed], [Elapsed], Int) = ([], [], 0)
    for _ in 0..<repeats {
      let (encode, bytes) = Elapsed.measureResult { rig.machine.snapshot() }
      let (decode, twin) = Elapsed.measureResult { try? Machine<Swarm>(snapshot: bytes) }
      precondition(twin?.digest() == rig.machine.digest(), "the snapshot of \(rig.workload.name) is another world")
      encodes.append(encode)
      decodes.append(decode)
      size = bytes.count
    }
    return (Figure(encodes) { $0 / 1e6 }, Figure(decodes) { $0 / 1e6 }, size)
  }

  private func digest(_ rig: inout Rig) -> Figure {
    var digests: [Elapsed] = []
    for _ in 0..<repeats {
      rig.runFrame()
      digests.append(Elapsed.measureResult { rig.machine.digest() }.elapsed)
    }
    return Figure(digests) { $0 / 1e6 }
  }

  private func digestOfFewDirty(_ rig: inout Rig) -> Figure {
    let motes = rig.sample(100)
    var digests: [Elapsed] = []
    for _ in 0..<repeats {
      let before = rig.machine.digest()
      rig.tell(.touch(motes))
      let (elapsed, after) = Elapsed.measureResult { rig.machine.digest() }
      precondition(before != after, "a touch changes the digest of \(rig.workload.name)")
      digests.append(elapsed)
    }
    return Figure(digests) { $0 / 1e3 }
  }

  private func fork(_ rig: Rig) -> Figure {
    var forks: [Elapsed] = []
    for _ in 0..<repeats {
      var kept: [Machine<Swarm>] = []
      kept.reserveCapacity(Self.forks)
      forks.append(Elapsed.measure { for _ in 0..<Self.forks { kept.append(rig.machine.fork()) } })
    }
    return Figure(forks) { $0 / 1e3 / Double(Self.forks) }
  }

  /// Reading the processor's clock takes longer than a turn, so this is by the clock on the wall.
  private func firstWrite(_ rig: inout Rig) -> Figure {
    // Never one mote twice, and each first in turn: the second of two finds more in the cache.
    let motes = rig.sample(2 * Self.firstWrites)
    var costs: [Elapsed] = []
    for _ in 0..<repeats {
      var (alone, forked): ([Double], [Double]) = ([], [])
      for (place, mote) in motes.enumerated() {
        if place % 4 == 0 || place % 4 == 3 {
          alone.append(Elapsed.measure { rig.runTurn(changing: mote) }.wall)
        } else {
          let fork = rig.machine.fork()
          forked.append(Elapsed.measure { rig.runTurn(changing: mote) }.wall)
          withExtendedLifetime(fork) {}
        }
      }
      let cost = Figure.median(forked) - Figure.median(alone)
      costs.append(Elapsed(processor: cost, wall: cost))
    }
    return Figure(costs) { $0 / 1e3 }
  }

  private func rollback(_ rig: inout Rig) -> Figure {
    var rollbacks: [Elapsed] = []
    for _ in 0..<repeats {
      let (start, before) = (rig.machine.fork(), rig)
      var forks = Self.runWithForks(&rig)
      let digest = rig.machine.digest()
      rollbacks.append(
        Elapsed.measure {
          rig = before.on(start)
          forks = Self.runWithForks(&rig)
        })
      precondition(rig.machine.digest() == digest, "after a rollback \(rig.workload.name) is another world")
      withExtendedLifetime(forks) {}
    }
    return Figure(rollbacks) { $0 / 1e6 }
  }

  /// Two machines run the same frames in turn, one alone and one with lanes.
  private func lanesSpeedup(_ rig: Rig) -> Figure? {
    guard let lanes else { return nil }
    var (alone, lent) = (rig.on(rig.machine.fork()), rig.on(rig.machine.fork()))
    var speedups: [Elapsed] = []
    for _ in 0..<repeats {
      var (aloneWall, lentWall, processor) = (0.0, 0.0, 0.0)
      while aloneWall < Self.stretch {
        aloneWall += Elapsed.measure { alone.runFrame() }.wall
        let elapsed = Elapsed.measure { lent.runFrame(lanes: lanes) }
        lentWall += elapsed.wall
        processor += elapsed.processor
      }
      precondition(alone.machine.digest() == lent.machine.digest(), "lanes make \(rig.workload.name) another world")
      speedups.append(Elapsed(processor: aloneWall / lentWall, wall: processor / lentWall))
    }
    return Figure(speedups) { $0 }
  }

  private static func runWithForks(_ rig: inout Rig) -> [Machine<Swarm>] {
    var forks: [Machine<Swarm>] = []
    for _ in 0..<rollbackFrames {
      forks.append(rig.machine.fork())
      rig.runFrame()
    }
    return forks
  }

  /// By how much the resident memory of the process grows when a swarm is founded and has run for two frames; nothing
  /// for swarms that are too small to be seen.
  private static func bytesPerNode(_ workloads: [Workload]) -> [String: Figure] {
    // What the process takes once, whatever it runs.
    var first = Rig(Workload(kind: .aligned, nodes: 1_000))
    first.runFrame()
    var sizes: [String: Figure] = [:]
    for workload in workloads where workload.nodes >= 100_000 {
      guard let before = ResidentMemory.bytes else { break }
      var rig = Rig(workload)
      for _ in 0..<2 { rig.runFrame() }
      guard let after = ResidentMemory.bytes else { break }
      sizes[workload.name] = Figure(count: Double(after - before) / Double(workload.nodes))
      withExtendedLifetime(rig) {}
    }
    return sizes
  }
}
