import SeloMachineKit
import SeloVM

/// The functions of ``DeterministicMath``, each with the error that its documentation promises.
enum MathematicalFunction: String, CaseIterable {
  case sin, cos, tan, asin, acos, atan, atan2, exp, log, log2, pow, hypot, cbrt

  var takesTwo: Bool { [.atan2, .pow, .hypot].contains(self) }

  /// In units in the last place of the true value.
  var promisedError: Double {
    switch self {
    case .log, .log2, .hypot, .cbrt: 0.51
    case .exp: 0.52
    case .sin, .cos, .asin, .acos, .atan, .atan2, .pow: 0.55
    case .tan: 0.6
    }
  }

  /// The second argument counts only where there are two.
  func callAsFunction(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .sin: DeterministicMath.sin(x)
    case .cos: DeterministicMath.cos(x)
    case .tan: DeterministicMath.tan(x)
    case .asin: DeterministicMath.asin(x)
    case .acos: DeterministicMath.acos(x)
    case .atan: DeterministicMath.atan(x)
    case .atan2: DeterministicMath.atan2(x, y)
    case .exp: DeterministicMath.exp(x)
    case .log: DeterministicMath.log(x)
    case .log2: DeterministicMath.log2(x)
    case .pow: DeterministicMath.pow(x, y)
    case .hypot: DeterministicMath.hypot(x, y)
    case .cbrt: DeterministicMath.cbrt(x)
    }
  }

  /// Arguments of chance, over all bit patterns and over the ranges where results are of interest.
  func arguments(by chance: inout Chance) -> (Double, Double) {
    if chance.one(in: 4) { return (Double(bitPattern: chance.next()), Double(bitPattern: chance.next())) }
    switch self {
    case .sin, .cos, .tan: return (chance.power(chance.one(in: 2) ? -4...6 : -30...60), 0)
    case .asin, .acos: return (chance.one(in: 2) ? chance.fraction() : chance.aroundOne(), 0)
    case .atan: return (chance.power(chance.one(in: 2) ? -6...6 : -30...70), 0)
    case .exp: return (chance.one(in: 2) ? chance.fraction() * 747 : chance.power(-55...2), 0)
    case .log, .log2: return (chance.one(in: 2) ? chance.aroundOne() : chance.power(-20...20).magnitude, 0)
    case .cbrt: return (chance.power(-10...10), 0)
    case .pow:
      if chance.one(in: 3) { return (chance.aroundOne(), chance.power(0...60)) }
      let y = chance.one(in: 2) ? Double(chance.below(200) - 100) : chance.power(-8...8)
      return (chance.power(chance.one(in: 2) ? -4...4 : -100...100), y)
    case .atan2, .hypot: return (chance.power(-12...12), chance.power(-12...12))
    }
  }
}

extension Chance {
  /// From -1 to 1, evenly.
  mutating func fraction() -> Double { Double(Int64(bitPattern: next()) >> 10) * 0x1p-53 }

  /// Of either sign, with an exponent of the range.
  mutating func power(_ exponents: ClosedRange<Int>) -> Double {
    let exponent = exponents.lowerBound + below(exponents.count)
    return Double(bitPattern: next() & (1 << 63 | 0xF_FFFF_FFFF_FFFF) | UInt64(exponent + 1_023) << 52)
  }

  /// One and a little more or less.
  mutating func aroundOne() -> Double { 1 + power(-53...(-2)) }
}
