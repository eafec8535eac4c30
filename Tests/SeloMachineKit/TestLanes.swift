import Dispatch
import SeloVM

/// Lanes that run one after the other, in an order of chance.
package final class ShuffledLanes: Lanes {
  private let width: Int?
  private var chance: Chance

  /// Always that many lanes, or one to six as chance has it.
  package init(_ width: Int?, seed: UInt64) {
    self.width = width
    chance = Chance(seed: seed)
  }

  package func width(forRoundOf messages: Int) -> Int { width ?? 1 + chance.below(6) }

  package func run(width: Int, _ lane: @Sendable (Int) -> Void) {
    var numbers = Array(0..<width)
    while !numbers.isEmpty { lane(numbers.remove(at: chance.below(numbers.count))) }
  }
}

/// Lanes on threads of the system, for rounds of more than a few messages.
package struct ThreadedLanes: Lanes {
  private let width: Int

  package init(_ width: Int) { self.width = width }

  package func width(forRoundOf messages: Int) -> Int { messages < 8 ? 1 : width }

  package func run(width: Int, _ lane: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(lane) { lane in
      DispatchQueue.concurrentPerform(iterations: width) { lane($0) }
    }
  }
}
