import Foundation
import SeloMachineKit
import Testing

@testable import SeloVM

/// The functions against MPFR's values, which `scripts/golden-mathematics` wrote, and against their own of another day.
@Suite("Deterministic mathematics") struct MathematicsTests {
  /// One line a case: function, arguments, the nearest double, and what the true value has above that, in thousandths
  /// of a unit in its last place.
  private struct Case {
    let function: MathematicalFunction
    let arguments: [Double]
    let nearest: Double
    let excess: Double

    init?(_ line: Substring) {
      let fields = line.split(separator: " ")
      let words = fields.dropFirst().dropLast().compactMap { UInt64($0, radix: 16) }
      guard let function = MathematicalFunction(rawValue: String(fields[0])),
        let excess = Double(fields[fields.count - 1])
      else { return nil }
      guard words.count == (function.takesTwo ? 3 : 2), words.count == fields.count - 2 else { return nil }
      self.function = function
      arguments = words.dropLast().map { Double(bitPattern: $0) }
      nearest = Double(bitPattern: words[words.count - 1])
      self.excess = excess / 1_000
    }

    /// In units in the last place; not a number when only the very same bits are right.
    func error(of result: Double) -> Double {
      guard nearest.isFinite, nearest != 0, result.isFinite, nearest.sign == result.sign else { return .nan }
      return ((result - nearest) / nearest.ulp - excess).magnitude
    }
  }

  private static let cases: [Case] = {
    let path = Bundle.module.bundlePath + "/Fixtures/mathematics.txt"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { Case($0) }
  }()

  @Test("no error is above what the documentation promises", arguments: MathematicalFunction.allCases)
  func errors(function: MathematicalFunction) {
    let cases = Self.cases.filter { $0.function == function }
    #expect(cases.count > 200)
    for one in cases {
      let result = function(one.arguments[0], one.arguments[one.arguments.count - 1])
      let error = one.error(of: result)
      let isRight = error.isNaN ? result.bitPattern == one.nearest.bitPattern : error <= function.promisedError
      #expect(isRight, "\(function)\(one.arguments) is \(one.nearest), not \(result): \(error) units")
    }
  }

  @Test("whatever a Double can hold of a power, a root or a logarithm is exact") func exactResults() {
    for number in 1...2_000 {
      let value = Double(number)
      #expect(DeterministicMath.pow(value, 2) == value * value)
      #expect(DeterministicMath.pow(-value, 3) == -value * value * value)
      #expect(DeterministicMath.cbrt(value * value * value) == value)
      #expect(DeterministicMath.pow(value * value, 0.5) == value)
      #expect(DeterministicMath.hypot(3 * value, -4 * value) == 5 * value)
    }
    for exponent in -1_074...1_023 {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      #expect(DeterministicMath.log2(power) == Double(exponent))
      #expect(DeterministicMath.pow(2, Double(exponent)) == power)
    }
  }

  @Test("odd functions are odd and even ones even, bit by bit", arguments: MathematicalFunction.allCases)
  func symmetry(function: MathematicalFunction) {
    var chance = Chance(seed: 4)
    for _ in 0..<2_000 {
      let (x, y) = function.arguments(by: &chance)
      let result = function(x, y)
      guard !result.isNaN else { continue }
      switch function {
      case .sin, .tan, .asin, .atan, .cbrt: #expect(function(-x, y).bitPattern == (-result).bitPattern)
      case .atan2: #expect(function(-x, y).bitPattern == (-result).bitPattern)
      case .cos: #expect(function(-x, y).bitPattern == result.bitPattern)
      case .hypot: #expect(function(y, -x).bitPattern == result.bitPattern)
      case .acos, .exp, .log, .log2, .pow: break
      }
    }
  }

  @Test("what is not a number is always the one pattern", arguments: MathematicalFunction.allCases)
  func oneNaN(function: MathematicalFunction) {
    let strange = Double(bitPattern: 0xFFF8_0000_0000_1234)
    var results = [function(strange, strange), function(Double(bitPattern: 0x7FF0_0000_0000_0001), strange)]
    switch function {
    case .sin, .cos, .tan: results += [function(.infinity, 0), function(-.infinity, 0)]
    case .asin, .acos: results += [function(1.5, 0), function(-.infinity, 0)]
    case .log, .log2: results += [function(-1, 0), function(-.infinity, 0), function(-Double.leastNonzeroMagnitude, 0)]
    case .pow: results += [function(-2, 0.5), function(2, strange), function(strange, 1)]
    case .atan2: results += [function(1, strange), function(strange, 1)]
    case .hypot: results += [function(1, strange), function(strange, 1)]
    case .exp, .atan, .cbrt: break
    }
    #expect(results.allSatisfy { $0.bitPattern == 0x7FF8_0000_0000_0000 }, "\(results.map(\.bitPattern))")
  }

  /// Every processor, system and optimisation level must compute these very bits. The constants are what one machine
  /// computed; a change of an algorithm changes them, and breaks every world that uses it: raise its version.
  @Test("the same bits everywhere", arguments: MathematicalFunction.allCases)
  func goldenBits(function: MathematicalFunction) {
    var chance = Chance(seed: 2_026)
    var sink = DigestSink(key: 0)
    for _ in 0..<100_000 {
      let (x, y) = function.arguments(by: &chance)
      sink.uint64(function(x, y).bitPattern)
    }
    let digest = "\(Digest(sink.value))"
    #expect(digest == Self.golden[function], "    .\(function): \"\(digest)\",")
  }

  private static let golden: [MathematicalFunction: String] = [
    .sin: "f5135b61e7f70799c336e751cd22544f",
    .cos: "6b121d62829e0ebf749b42b619056d5e",
    .tan: "230a6c927ed5905e793ac66e6bd9d584",
    .asin: "1b636c11e7e85a88fd878dac6a98df95",
    .acos: "a8de5fc5a4330a00ba92c28057dbef19",
    .atan: "55622254eebaf9018081981764174270",
    .atan2: "9bbc8388391dca34ab639f33a6f2169d",
    .exp: "d1eb54070beffffaf73c3c7568430643",
    .log: "f3054215f355c83dac38ed54330d7e1d",
    .log2: "6bc354f2772fb4c25ed6015b99e41663",
    .pow: "5ed5ccf03ea0ef6c2d1b513183e112ad",
    .hypot: "24d45ddee19cf0a6eaa16b6c75deda7f",
    .cbrt: "e0e89b1ad06ae7a28940a88bebe09f52",
  ]
}
