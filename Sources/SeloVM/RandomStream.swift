/// Chance inside a turn: the n-th draw is a pure function of the world's seed, the turn's cause and n (VM rule 18).
///
/// There is no generator state anywhere, so nothing has to be saved or rolled back. Every peer can compute the draws
/// of a message before it is ordered: where people play against each other, commit to hidden values and reveal them.
public struct RandomStream {
  @usableFromInline let lane: Lane

  @inlinable
  init(lane: Lane) { self.lane = lane }

  package static func draw(seed: UInt64, cause: UInt64, ordinal: UInt64) -> UInt64 {
    mix(seed &+ cause &+ ordinal &* 0x9E37_79B9_7F4A_7C15)
  }

  /// 64 bits of chance.
  @inlinable public func next() -> UInt64 { lane.draw() }

  /// A whole number of the range, all equally likely. An empty range is an error of the caller.
  @inlinable public func int(in range: Range<Int>) -> Int {
    precondition(!range.isEmpty, "there is no number in \(range)")
    let width = UInt64(bitPattern: Int64(range.upperBound) &- Int64(range.lowerBound))
    return range.lowerBound &+ Int(truncatingIfNeeded: below(width))
  }

  /// A whole number of the range, all equally likely.
  @inlinable public func int(in range: ClosedRange<Int>) -> Int {
    let width = UInt64(bitPattern: Int64(range.upperBound) &- Int64(range.lowerBound)) &+ 1
    return range.lowerBound &+ Int(truncatingIfNeeded: width == 0 ? next() : below(width))
  }

  /// A number from zero up to but without one, in steps of 2⁻⁵³.
  @inlinable public func double01() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Either, equally likely.
  @inlinable public func bool() -> Bool { next() >> 63 == 1 }

  /// One of the elements, all equally likely; nil when there is none.
  @inlinable public func pick<Elements: RandomAccessCollection>(from elements: Elements) -> Elements.Element? {
    guard !elements.isEmpty else { return nil }
    return elements[elements.index(elements.startIndex, offsetBy: int(in: 0..<elements.count))]
  }

  /// Puts the elements into a random order (Fisher and Yates, from the end). O(n).
  @inlinable public func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, int(in: 0...last))
    }
  }

  /// A number below `bound`, all equally likely: the high half of a product, redrawn where it would be unfair (Lemire).
  @inlinable
  func below(_ bound: UInt64) -> UInt64 {
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let unfair = (0 &- bound) % bound
      while product.low < unfair { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }
}
