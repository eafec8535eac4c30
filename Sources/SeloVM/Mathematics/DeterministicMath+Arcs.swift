/// Angles from sines, cosines, tangents and points.
extension DeterministicMath {
  /// The angle from -π/2 to π/2 whose sine is `x`; NaN outside -1...1. Error below 0.55 units in the last place.
  public static func asin(_ x: Double) -> Double {
    let sine = x.magnitude
    guard sine <= 1 else { return .canonicalNaN }
    if sine < 0x1p-27 { return x }
    let angle =
      sine == 1 ? ArcTable.halfPi : angle(opposite: DoublePair(high: sine, low: 0), adjacent: leg(beside: sine))
    return x < 0 ? -angle.value : angle.value
  }

  /// The angle from 0 to π whose cosine is `x`; NaN outside -1...1. Error below 0.55 units in the last place.
  public static func acos(_ x: Double) -> Double {
    let cosine = x.magnitude
    guard cosine <= 1 else { return .canonicalNaN }
    if cosine == 1 { return x < 0 ? ArcTable.pi.value : 0 }
    if cosine < 0x1p-60 { return ArcTable.halfPi.value }
    let angle = angle(opposite: leg(beside: cosine), adjacent: DoublePair(high: cosine, low: 0))
    return x < 0 ? (ArcTable.pi - angle).value : angle.value
  }

  /// The angle from -π/2 to π/2 whose tangent is `x`. Error below 0.55 units in the last place.
  public static func atan(_ x: Double) -> Double {
    if x.isNaN { return .canonicalNaN }
    let tangent = x.magnitude
    if tangent < 0x1p-27 { return x }
    let one = DoublePair(high: 1, low: 0)
    let angle =
      tangent > 0x1p66 ? ArcTable.halfPi : angle(opposite: DoublePair(high: tangent, low: 0), adjacent: one)
    return x < 0 ? -angle.value : angle.value
  }

  /// The angle from -π to π of the point (x, y), counted from the positive x axis; the sign is that of `y`, also of its
  /// zeros. Error below 0.55 units in the last place.
  public static func atan2(_ y: Double, _ x: Double) -> Double {
    if x.isNaN || y.isNaN { return .canonicalNaN }
    let isLeft = x.sign == .minus
    let angle = angle(height: y.magnitude, width: x.magnitude, isLeft: isLeft)
    return y.sign == .minus ? -angle : angle
  }

  /// The angle from 0 to π of a point that may be far away or lie on an axis.
  private static func angle(height: Double, width: Double, isLeft: Bool) -> Double {
    if height == .infinity && width == .infinity { return isLeft ? ArcTable.threeQuarterPi : ArcTable.quarterPi }
    if height == 0 || width == .infinity { return isLeft ? ArcTable.pi.value : 0 }
    if width == 0 || height == .infinity { return ArcTable.halfPi.value }
    let slope = Int(height.exponent) - Int(width.exponent)
    if slope > 64 { return ArcTable.halfPi.value }
    if slope < -64 { return isLeft ? ArcTable.pi.value : height / width }
    let angle = angle(
      opposite: DoublePair(high: height.significand * twoTo(slope), low: 0),
      adjacent: DoublePair(high: width.significand, low: 0))
    return isLeft ? (ArcTable.pi - angle).value : angle.value
  }

  /// The other leg of a right triangle whose hypotenuse is one: √(1 - side²) for a side below one.
  private static func leg(beside side: Double) -> DoublePair {
    (DoublePair.sum(1, -side) * DoublePair.sum(1, side)).root()
  }

  /// The angle from 0 to π/2 of a right triangle with these legs.
  private static func angle(opposite: DoublePair, adjacent: DoublePair) -> DoublePair {
    opposite.high <= adjacent.high ? arc(opposite / adjacent) : ArcTable.halfPi - arc(adjacent / opposite)
  }

  /// The arc tangent of a number from zero to one: the series for small ones, else that of the nearest n/128, from the
  /// table, plus that of a small rest.
  private static func arc(_ tangent: DoublePair) -> DoublePair {
    guard tangent.high >= 0.125 else {
      let square = tangent.high * tangent.high
      let last = 1.0 / 15 - square * (1.0 / 17 - square * (1.0 / 19))
      let upper = 1.0 / 9 - square * (1.0 / 11 - square * (1.0 / 13 - square * last))
      let series = 1.0 / 3 - square * (1.0 / 5 - square * (1.0 / 7 - square * upper))
      return DoublePair.orderedSum(tangent.high, tangent.low - tangent.high * square * series)
    }
    let number = Int(tangent.high * 128 + 0.5)
    let near = Double(number) * 0x1p-7
    let rest = ((tangent.high - near) + tangent.low) / (1 + near * tangent.high)
    let square = rest * rest
    let small = rest - rest * square * (1.0 / 3 - square * (1.0 / 5 - square * (1.0 / 7)))
    return DoublePair.orderedSum(ArcTable.values[number * 2], ArcTable.values[number * 2 + 1] + small)
  }
}
