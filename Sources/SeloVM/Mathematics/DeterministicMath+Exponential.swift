/// Powers of e.
extension DeterministicMath {
  /// e to the power of `x`. Error below 0.52 units in the last place.
  public static func exp(_ x: Double) -> Double {
    if x.isNaN { return .canonicalNaN }
    if x > 710 { return .infinity }
    if x < -746 { return 0 }
    if x.magnitude < 0x1p-54 { return 1 }
    return exponential(DoublePair(high: x, low: 0))
  }

  /// e to the power of a sum between -746 and 710, rounded once.
  ///
  /// The power is n/128 of a power of two, from the table, times e to the small rest, from the series (Tang 1989).
  static func exponential(_ power: DoublePair) -> Double {
    // Adding and taking away 3·2⁵¹ rounds to whole numbers.
    let steps = (power.high * ExponentialTable.stepsPerUnit + 0x1.8p52) - 0x1.8p52
    let count = Int(steps)
    let whole = power.high - steps * ExponentialTable.stepHigh
    let rest = (whole - steps * ExponentialTable.stepLow) + power.low
    let third = 1.0 / 6 + rest * (1.0 / 24 + rest * (1.0 / 120 + rest * (1.0 / 720)))
    let growth = rest + rest * rest * (0.5 + rest * third)
    let place = (count & 127) * 2
    let high = ExponentialTable.values[place]
    let low = ExponentialTable.values[place + 1]
    return DoublePair.orderedSum(high, low + high * growth).value(timesTwoTo: count >> 7)
  }
}
