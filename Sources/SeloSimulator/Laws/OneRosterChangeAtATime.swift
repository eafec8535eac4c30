import SeloMesh
import SeloWire

/// Law 11: at most one roster change is pending along a log.
struct OneRosterChangeAtATime: Law {
  static let number: Int? = 11

  mutating func check(_ sight: Sight) -> String? {
    let head = sight.mesh.log.head
    let pending = head.rostersInForce(agreed: head.agreed).count
    return pending > 2 ? "\(pending - 1) roster changes are pending" : nil
  }
}
