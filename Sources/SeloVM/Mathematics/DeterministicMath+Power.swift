/// Powers of any number.
extension DeterministicMath {
  /// `x` to the power of `y`; NaN if `x` is negative and `y` is not whole. Error below 0.55 units in the last place, so
  /// that powers which a `Double` can hold are exact.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return .canonicalNaN }
    let base = x.magnitude
    if y.isInfinite && base == 1 { return 1 }
    if y.isInfinite { return (base > 1) == (y > 0) ? .infinity : 0 }
    let wholeness = Wholeness(of: y)
    let sign: Double = x.sign == .minus && wholeness == .odd ? -1 : 1
    if base == 0 || base == .infinity { return (base == 0) == (y < 0) ? sign * .infinity : sign * 0 }
    if x < 0 && wholeness == .broken { return .canonicalNaN }
    if base == 1 { return sign }
    // Beyond these exponents no base but one has a finite power, or one that differs from one.
    if y.magnitude > 0x1p65 { return (base > 1) == (y > 0) ? .infinity : 0 }
    if y.magnitude < 0x1p-70 { return 1 }
    let power = logarithm(base) * DoublePair(high: y, low: 0)
    if power.high > 710 { return sign * .infinity }
    if power.high < -746 { return sign * 0 }
    return sign * exponential(power)
  }

  private enum Wholeness {
    case odd, even, broken

    init(of y: Double) {
      if y.magnitude >= 0x1p53 {
        self = .even
      } else {
        let whole = Int64(y)
        self = Double(whole) != y ? .broken : whole & 1 == 1 ? .odd : .even
      }
    }
  }
}
