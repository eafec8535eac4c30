/// A finite angle in radians as quarter turns and a rest between -π/4 and π/4, exact to about 2⁻⁶⁶ for the largest
/// angles, too (Payne and Hanek 1983).
///
/// The angle is a whole number of 53 bits times a power of two. Of 2/π only those binary places count that make neither
/// a multiple of four quarter turns nor anything smaller than the rest of the most unlucky angle, which is 2⁻⁶¹: 192
/// places in a row.
struct QuarterTurns {
  /// How many quarter turns, modulo four.
  let count: Int
  let rest: DoublePair

  init(of angle: Double) {
    guard angle.magnitude > ArcTable.quarterPi else {
      count = 0
      rest = DoublePair(high: angle, low: 0)
      return
    }
    let exponent = Int(angle.magnitude.bitPattern >> 52) - 1_075
    let whole = angle.bitPattern & 0xF_FFFF_FFFF_FFFF | 1 << 52
    let (turns, fraction) = Self.product(whole, exponent)

    // The fraction in units of 2⁻¹²⁸; above one half the next quarter turn is nearer.
    let isAbove = fraction >> 127 == 1
    let distance = isAbove ? 0 &- fraction : fraction
    let shift = distance.leadingZeroBitCount
    let normal = distance << UInt128(shift)
    let high = Double(UInt64(normal >> 75)) * twoTo(-53 - shift)
    let low = Double(UInt64((normal << 53) >> 75)) * twoTo(-106 - shift)
    let radians = DoublePair(high: high, low: low) * ArcTable.halfPi
    let nearest = turns + (isAbove ? 1 : 0)
    count = (angle < 0 ? -nearest : nearest) & 3
    rest = isAbove == (angle < 0) ? radians : -radians
  }

  /// `whole` times two to the power of `exponent`, in quarter turns modulo four: the whole ones and 128 bits behind.
  private static func product(_ whole: UInt64, _ exponent: Int) -> (turns: Int, fraction: UInt128) {
    let places = exponent + 62
    let first = places >> 6
    let shift = UInt64(places & 63)
    func word(_ number: Int) -> UInt64 {
      TwoOverPiTable.values[first + number] << shift | TwoOverPiTable.values[first + number + 1] >> (64 - shift)
    }
    let lower = whole.multipliedFullWidth(by: word(2))
    let middle = whole.multipliedFullWidth(by: word(1))
    let (second, carry) = middle.low.addingReportingOverflow(lower.high)
    let top = whole &* word(0) &+ middle.high &+ (carry ? 1 : 0)
    let fraction = UInt128(top) << 66 | UInt128(second) << 2 | UInt128(lower.low >> 62)
    return (Int(top >> 62), fraction)
  }
}
