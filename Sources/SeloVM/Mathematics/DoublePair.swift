/// A number as the unevaluated sum of two doubles, `low` at most half a unit in the last place of `high`: 106 bits.
///
/// The exact sum is Knuth's, the exact product Dekker's with Veltkamp's splitting (T. J. Dekker, "A floating-point
/// technique for extending the available precision", 1971). Both need no fused multiply-add, and nothing here uses
/// one: every operation is rounded alone, so that all processors agree. Factors must lie between 2⁻⁴⁰⁰ and 2⁴⁰⁰,
/// or be zero.
struct DoublePair {
  var high: Double
  var low: Double

  /// The sum of two doubles, exactly.
  static func sum(_ left: Double, _ right: Double) -> DoublePair {
    let high = left + right
    let rightPart = high - left
    return DoublePair(high: high, low: (left - (high - rightPart)) + (right - rightPart))
  }

  /// The sum of two doubles, exactly, if the first one's magnitude is not the smaller.
  static func orderedSum(_ larger: Double, _ smaller: Double) -> DoublePair {
    let high = larger + smaller
    return DoublePair(high: high, low: smaller - (high - larger))
  }

  /// The product of two doubles, exactly.
  static func product(_ left: Double, _ right: Double) -> DoublePair {
    let high = left * right
    let (leftHead, leftTail) = halves(of: left)
    let (rightHead, rightTail) = halves(of: right)
    let missing = ((leftHead * rightHead - high) + leftHead * rightTail) + leftTail * rightHead
    return DoublePair(high: high, low: missing + leftTail * rightTail)
  }

  /// Two numbers of at most 26 bits each whose sum it is.
  private static func halves(of value: Double) -> (head: Double, tail: Double) {
    let scaled = value * 0x1.000_0002p27
    let head = scaled - (scaled - value)
    return (head, value - head)
  }

  static prefix func - (pair: DoublePair) -> DoublePair { DoublePair(high: -pair.high, low: -pair.low) }

  /// Exact to about 2⁻¹⁰⁴ of the larger operand.
  static func + (left: DoublePair, right: DoublePair) -> DoublePair {
    let sum = sum(left.high, right.high)
    return orderedSum(sum.high, sum.low + (left.low + right.low))
  }

  static func - (left: DoublePair, right: DoublePair) -> DoublePair { left + -right }

  /// Exact to about 2⁻¹⁰².
  static func * (left: DoublePair, right: DoublePair) -> DoublePair {
    let product = product(left.high, right.high)
    return orderedSum(product.high, product.low + (left.high * right.low + left.low * right.high))
  }

  /// Exact to about 2⁻¹⁰².
  static func / (left: DoublePair, right: DoublePair) -> DoublePair {
    let quotient = left.high / right.high
    let product = product(quotient, right.high)
    let rest = ((left.high - product.high) - product.low) + (left.low - quotient * right.low)
    return orderedSum(quotient, rest / right.high)
  }

  /// The square root of a positive number, exact to about 2⁻¹⁰⁰.
  ///
  /// `Double.squareRoot()` would do, but with some compilers it is a call of the C library's `sqrt`. An estimate from
  /// the halved exponent and four times Newton's rule make one over the root, exact to some 2⁻⁵⁰; the exact square
  /// tells what is missing.
  func root() -> DoublePair {
    var inverse = Double(bitPattern: 0x5FE6_EB50_C7B5_37A9 - high.bitPattern >> 1)
    for _ in 0..<4 { inverse *= 1.5 - 0.5 * high * inverse * inverse }
    let root = high * inverse
    let square = DoublePair.product(root, root)
    let rest = ((high - square.high) - square.low) + low
    return DoublePair.orderedSum(root, 0.5 * inverse * rest)
  }

  /// The nearest double.
  var value: Double { high + low }

  /// The double nearest to this times two to the power of `exponent`, for a positive number between 2⁻¹ and 2³:
  /// rounded once, also where the result is subnormal.
  func value(timesTwoTo exponent: Int) -> Double {
    if exponent > 1_024 { return .infinity }
    if exponent < -1_080 { return 0 }
    if exponent > 1_000 { return value * 0x1p1000 * twoTo(exponent - 1_000) }
    if exponent > -1_020 { return value * twoTo(exponent) }
    // Numbers from the anchor up to twice the anchor are as far apart as subnormal results will be.
    let anchor = twoTo(-1_022 - exponent)
    guard high < anchor else { return value * 0x1p-1000 * twoTo(exponent + 1_000) }
    let sum = DoublePair.sum(anchor, high)
    let onTheGrid = (sum.high + (sum.low + low)) - anchor
    return onTheGrid * 0x1p-1000 * twoTo(exponent + 1_000)
  }
}

/// Two to the power of `exponent`, which must be that of a normal number.
func twoTo(_ exponent: Int) -> Double { Double(bitPattern: UInt64(exponent + 1_023) << 52) }
