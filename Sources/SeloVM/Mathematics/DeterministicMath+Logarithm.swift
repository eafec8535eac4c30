/// Logarithms.
extension DeterministicMath {
  /// The natural logarithm; minus infinity for zero, NaN below. Error below 0.51 units in the last place.
  public static func log(_ x: Double) -> Double {
    if let special = logarithmOfSpecial(x) { return special }
    return logarithm(x).value
  }

  /// The logarithm to base two, exact for powers of two; minus infinity for zero, NaN below. Error below 0.51 units in
  /// the last place.
  public static func log2(_ x: Double) -> Double {
    if let special = logarithmOfSpecial(x) { return special }
    let (exponent, fraction) = logarithmParts(x)
    return (DoublePair(high: Double(exponent), low: 0) + fraction * LogarithmTable.inverseOfLn2).value
  }

  private static func logarithmOfSpecial(_ x: Double) -> Double? {
    if x == 0 { return -.infinity }
    if x.isNaN || x < 0 { return .canonicalNaN }
    return x == .infinity ? .infinity : nil
  }

  /// The natural logarithm of a positive finite number, exact to about 2⁻⁶⁷.
  static func logarithm(_ x: Double) -> DoublePair {
    let (exponent, fraction) = logarithmParts(x)
    if exponent == 0 { return fraction }
    let count = Double(exponent)
    return DoublePair(high: count * LogarithmTable.ln2High, low: count * LogarithmTable.ln2Low) + fraction
  }

  /// A positive finite number is two to the power of `exponent` times a number from √½ to √2, whose natural logarithm
  /// is `fraction`: that of n/128, from the table, plus that of the quotient, from the series (Tang 1990).
  private static func logarithmParts(_ x: Double) -> (exponent: Int, fraction: DoublePair) {
    let isSubnormal = x < 0x1p-1022
    let bits = (isSubnormal ? x * 0x1p54 : x).bitPattern
    let aboveRoot = Int64(bitPattern: bits &- 0x3FE6_A09E_0000_0000) >> 52
    let number = Double(bitPattern: bits &- UInt64(bitPattern: aboveRoot << 52))
    let exponent = Int(aboveRoot) - (isSubnormal ? 54 : 0)

    let place = (Int(number * 128 + 0.5) - LogarithmTable.first) * 3
    let inverse = LogarithmTable.values[place]
    // Both products are exact: the inverse has at most 13 bits, and so few more have the two parts of the number.
    let head = Double(bitPattern: number.bitPattern & ~0x1F_FFFF)
    let rest = DoublePair.sum(head * inverse - 1, (number - head) * inverse)
    let r = rest.high
    let square = DoublePair.product(r, r)
    let upper = 1.0 / 7 - r * (1.0 / 8 - r * (1.0 / 9 - r * (1.0 / 10)))
    let cubic = 1.0 / 3 - r * (0.25 - r * (1.0 / 5 - r * (1.0 / 6 - r * upper)))
    let start = DoublePair.sum(r, -0.5 * square.high)
    let tail = (rest.low - (0.5 * square.low + r * rest.low)) + r * square.high * cubic
    let sum = DoublePair.sum(LogarithmTable.values[place + 1], start.high)
    let low = sum.low + (start.low + (LogarithmTable.values[place + 2] + tail))
    return (exponent, DoublePair.orderedSum(sum.high, low))
  }
}
