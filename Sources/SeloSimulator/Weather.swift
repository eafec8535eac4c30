/// How much of each fault there is in one simulation, drawn from its seed. Calm by default.
struct Weather: Sendable {
  var lossPermyriad: UInt64 = 0
  var duplicationPermyriad: UInt64 = 0
  var reorderingPermyriad: UInt64 = 0
  var delayNanoseconds: UInt64 = 50_000
  /// Mean nanoseconds between crashes; 0: none. So for the other spacings.
  var crashSpacing: UInt64 = 0
  var restarts = false
  /// Whether processes are killed without regard to what is left, as long as one voter is.
  var isReckless = false
  var pauseSpacing: UInt64 = 0
  var partitionSpacing: UInt64 = 0
  /// What a peer may send, in bytes a second; 0: anything.
  var bandwidth: UInt64 = 0
  /// How wrong clocks may go, in parts per million.
  var driftPartsPerMillion: UInt64 = 0
  var jumpSpacing: UInt64 = 0
  var starvationSpacing: UInt64 = 0
  var slownessSpacing: UInt64 = 0
  var lieSpacing: UInt64 = 0

  /// - Parameter faults: those that happen, each with a strength from a stream of its own.
  init(_ faults: Faults, seed: UInt64, majority: Bool) {
    func draw<Strength>(_ fault: Faults, _ strengths: [Strength], or none: Strength) -> Strength {
      guard faults.contains(fault) else { return none }
      var chance = Chance(seed: seed, stream: 200 + UInt64(fault.rawValue))
      return chance.pick(strengths)
    }
    lossPermyriad = draw(.loss, [20, 200, 1_000, 3_000], or: 0)
    duplicationPermyriad = draw(.duplication, [50, 500], or: 0)
    reorderingPermyriad = draw(.reordering, [100, 1_000], or: 0)
    delayNanoseconds = draw(.delay, [300_000, 2_000_000, 20_000_000], or: delayNanoseconds)
    crashSpacing = draw(.crash, [1_500_000_000, 4_000_000_000, 10_000_000_000], or: 0)
    restarts = faults.contains(.restart)
    var chance = Chance(seed: seed, stream: 101)
    // Under `majority` a session that lost its quorum stands still for good: few seeds are given to that.
    isReckless = chance.happens(majority ? 1_250 : 5_000)
    pauseSpacing = draw(.pause, [2_000_000_000, 6_000_000_000, 15_000_000_000], or: 0)
    partitionSpacing = draw(.partition, [2_000_000_000, 6_000_000_000, 15_000_000_000], or: 0)
    bandwidth = draw(.bandwidth, [100_000, 300_000, 1_000_000, 10_000_000], or: 0)
    driftPartsPerMillion = draw(.clock, [100, 1_000, 10_000, 50_000], or: 0)
    jumpSpacing = draw(.clock, [0, 3_000_000_000, 8_000_000_000], or: 0)
    starvationSpacing = draw(.starvation, [4_000_000_000, 12_000_000_000], or: 0)
    slownessSpacing = draw(.slowness, [4_000_000_000, 12_000_000_000], or: 0)
    lieSpacing = draw(.byzantine, [30_000_000, 150_000_000, 600_000_000], or: 0)
  }

  /// The fair phase: nothing goes wrong any more.
  static let fair = Weather()

  private init() {}
}
