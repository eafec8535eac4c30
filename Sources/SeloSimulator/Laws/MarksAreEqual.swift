import SeloCrypto
import SeloMesh
import SeloWire

/// Law 8 again, as a joiner meets it: a mark has the same bytes on every member, on the one that installed them too. So
/// what is begun at one door can be gone on with at another.
struct MarksAreEqual: Law {
  static let number: Int? = 8
  private var known: [Bytes32: Bytes32] = [:]
  /// The mark of each peer that was compared last.
  private var compared: [Int: Bytes32] = [:]

  mutating func check(_ sight: Sight) -> String? {
    guard let mark = sight.mark(), compared[sight.index] != mark.chain else { return nil }
    compared[sight.index] = mark.chain
    guard let bytes = sight.markBytes() else { return nil }
    let hash = Hashing.hash("snapshot", bytes)
    if let other = known[mark.chain], other != hash {
      return "other bytes at mark \(mark.sequence) than somebody before"
    }
    known[mark.chain] = hash
    return nil
  }
}
