/// What is proved of a world between two ticks, whatever comes: its bytes say all of it, and say it in one way only.
struct StateCheck<W: World> {
  /// The tick that made the state what it is.
  let tick: Int
  let moment: Frozen<W>
  /// What comes next.
  let deliveries: [Delivery]

  /// `bytes` are those of the moment.
  func run(bytes: [UInt8]) throws(Divergence) {
    try findUnordered()
    try restore(bytes)
  }

  /// The order of a Dictionary may happen to be equal in one process; it is refused nevertheless.
  private func findUnordered() throws(Divergence) {
    var details: [DetailedDifference] = []
    moment.forEachNode { id, _, node in details += Self.unordered(in: node, at: moment.name(of: id), id) }
    for message in moment.waitingMessages() {
      if let content = message.message { details += Self.unordered(in: content, at: moment.name(of: message), nil) }
    }
    for case .external(let bytes, _, _, _) in deliveries.map(\.content) {
      if let content = try? W.Message(encoded: bytes) { details += Self.unordered(in: content, at: "message", nil) }
    }
    guard details.isEmpty else { throw divergence(details, .unorderedCollection) }
  }

  private static func unordered(in value: Any, at path: String, _ node: NodeID?) -> [DetailedDifference] {
    var fields = UnorderedFields()
    fields.search(value, at: path)
    return fields.paths.map { path in
      let finding = FieldComparison.Finding(
        path: path, left: "a Dictionary or Set", right: "of an order that all processes share", nature: .unordered)
      return DetailedDifference(finding, in: node)
    }
  }

  /// What is restored must be written the same again, and be the same, field by field.
  private func restore(_ bytes: [UInt8]) throws(Divergence) {
    let restored = try decoded(bytes).frozen()
    let details = moment.fieldDifferences(from: restored, limit: 16)
    guard details.isEmpty else { throw divergence(details, .forgottenField) }
    guard restored.snapshot() == bytes else {
      throw divergence(moment.detailedDifferences(from: restored, limit: 16), .forgottenField)
    }
  }

  /// The world of these bytes.
  func decoded(_ bytes: [UInt8]) throws(Divergence) -> Machine<W> {
    do throws(SnapshotError) {
      return try Machine(snapshot: bytes)
    } catch {
      throw divergence([], .unreadableSnapshot(error))
    }
  }

  private func divergence(_ details: [DetailedDifference], _ suspicion: Divergence.Suspicion) -> Divergence {
    Divergence(tick: tick, time: moment.now, message: nil, details, otherwise: suspicion)
  }
}
