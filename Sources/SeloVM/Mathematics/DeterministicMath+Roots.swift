/// Lengths and cube roots.
extension DeterministicMath {
  /// √(x² + y²), without overflow or underflow on the way; infinite if either is, even beside a NaN. Error below 0.51
  /// units in the last place.
  public static func hypot(_ x: Double, _ y: Double) -> Double {
    if x.isInfinite || y.isInfinite { return .infinity }
    if x.isNaN || y.isNaN { return .canonicalNaN }
    let long = x.magnitude > y.magnitude ? x.magnitude : y.magnitude
    let short = x.magnitude > y.magnitude ? y.magnitude : x.magnitude
    if short == 0 { return long }
    let scale = Int(long.exponent)
    let gap = scale - Int(short.exponent)
    if gap > 60 { return long }
    let one = long.significand
    let other = short.significand * twoTo(-gap)
    return (DoublePair.product(one, one) + DoublePair.product(other, other)).root().value(timesTwoTo: scale)
  }

  /// The cube root, with the sign of `x`. Error below 0.51 units in the last place.
  public static func cbrt(_ x: Double) -> Double {
    if x.isNaN { return .canonicalNaN }
    if x == 0 || x.isInfinite { return x }
    let exponent = Int(x.exponent)
    let third = (exponent + 3_000) / 3 - 1_000
    let over = exponent - third * 3
    let number = x.significand * twoTo(over)

    // A straight line is right to one part in a hundred; twice Halley's rule makes that 10⁻¹⁹, rounding apart.
    let line = 0.7467 + 0.2599 * x.significand
    var root = line * (over == 0 ? 1 : over == 1 ? 1.259_921_049_894_873_2 : 1.587_401_051_968_199_4)
    for _ in 0..<2 {
      let cube = root * root * root
      root *= (cube + 2 * number) / (2 * cube + number)
    }
    // One step of Newton's rule, from the exact cube.
    let square = DoublePair.product(root, root)
    let cube = DoublePair.product(square.high, root)
    let missing = (number - cube.high) - (cube.low + square.low * root)
    let magnitude = DoublePair.orderedSum(root, missing / (3 * square.high)).value(timesTwoTo: third)
    return x < 0 ? -magnitude : magnitude
  }
}
