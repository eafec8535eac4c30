/// Sine, cosine and tangent.
extension DeterministicMath {
  /// The sine of an angle in radians; NaN for infinite ones. Error below 0.55 units in the last place, for angles of
  /// any size.
  public static func sin(_ x: Double) -> Double {
    guard x.isFinite else { return .canonicalNaN }
    if x.magnitude < 0x1p-27 { return x }
    let angle = QuarterTurns(of: x)
    let result = angle.count & 1 == 0 ? sine(angle.rest) : cosine(angle.rest)
    return angle.count & 2 == 0 ? result.value : -result.value
  }

  /// The cosine of an angle in radians; NaN for infinite ones. Error below 0.55 units in the last place, for angles of
  /// any size.
  public static func cos(_ x: Double) -> Double {
    guard x.isFinite else { return .canonicalNaN }
    if x.magnitude < 0x1p-27 { return 1 }
    let angle = QuarterTurns(of: x)
    let result = angle.count & 1 == 0 ? cosine(angle.rest) : sine(angle.rest)
    return (angle.count + 1) & 2 == 0 ? result.value : -result.value
  }

  /// The tangent of an angle in radians; NaN for infinite ones. Error below 0.6 units in the last place, for angles of
  /// any size.
  public static func tan(_ x: Double) -> Double {
    guard x.isFinite else { return .canonicalNaN }
    if x.magnitude < 0x1p-27 { return x }
    let angle = QuarterTurns(of: x)
    let sine = sine(angle.rest)
    let cosine = cosine(angle.rest)
    return angle.count & 1 == 0 ? (sine / cosine).value : -(cosine / sine).value
  }

  /// The sine of an angle between -π/4 and π/4: the series for small ones, else by the sum of the nearest n/128, from
  /// the table, and a small rest.
  private static func sine(_ angle: DoublePair) -> DoublePair {
    if angle.high < 0 { return -sine(-angle) }
    guard angle.high >= 0.125 else {
      let square = angle.high * angle.high
      let upper = 1.0 / 5_040 - square * (1.0 / 362_880 - square * (1.0 / 39_916_800))
      let series = 1.0 / 6 - square * (1.0 / 120 - square * upper)
      return DoublePair.orderedSum(angle.high, angle.low - angle.high * square * series)
    }
    let near = TabulatedAngle(angle)
    return DoublePair.orderedSum(
      near.sine.high, near.sine.low + (near.cosine.high * near.restSine - near.sine.high * near.restVersine))
  }

  /// The cosine of an angle between -π/4 and π/4.
  private static func cosine(_ angle: DoublePair) -> DoublePair {
    if angle.high < 0 { return cosine(-angle) }
    let near = TabulatedAngle(angle)
    return DoublePair.orderedSum(
      near.cosine.high, near.cosine.low - (near.sine.high * near.restSine + near.cosine.high * near.restVersine))
  }

  /// Sine and cosine of the nearest n/128, and of what the angle has above it: at most 1/256.
  private struct TabulatedAngle {
    let sine: DoublePair
    let cosine: DoublePair
    let restSine: Double
    /// One minus the cosine.
    let restVersine: Double

    init(_ angle: DoublePair) {
      let number = Int(angle.high * 128 + 0.5)
      let row = number * 4
      sine = DoublePair(high: SineTable.values[row], low: SineTable.values[row + 1])
      cosine = DoublePair(high: SineTable.values[row + 2], low: SineTable.values[row + 3])
      let rest = (angle.high - Double(number) * 0x1p-7) + angle.low
      let square = rest * rest
      restSine = rest - rest * square * (1.0 / 6 - square * (1.0 / 120 - square * (1.0 / 5_040)))
      restVersine = square * (0.5 - square * (1.0 / 24 - square * (1.0 / 720)))
    }
  }
}
