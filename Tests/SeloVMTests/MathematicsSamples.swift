import Foundation
import SeloMachineKit
import Testing

/// Writes arguments and results for `scripts/golden-mathematics measure`, when SELO_MATHEMATICS names a folder.
@Suite struct MathematicsSamples {
  private static let folder = ProcessInfo.processInfo.environment["SELO_MATHEMATICS"]

  @Test("samples of every function, two million each", .enabled(if: folder != nil))
  func write() throws {
    let folder = try #require(Self.folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for function in MathematicalFunction.allCases {
      var chance = Chance(seed: 1)
      var words: [UInt64] = []
      for _ in 0..<2_000_000 {
        let (x, y) = function.arguments(by: &chance)
        words += (function.takesTwo ? [x, y, function(x, y)] : [x, function(x, y)]).map(\.bitPattern.littleEndian)
      }
      let data = words.withUnsafeBytes { Data($0) }
      try data.write(to: URL(fileURLWithPath: folder + "/" + function.rawValue))
    }
  }
}
