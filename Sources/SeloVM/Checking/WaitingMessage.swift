/// A message that waits, as checks and differences speak of it.
struct WaitingMessage {
  let time: VirtualTime
  let target: NodeID
  let cause: UInt64
  let author: PeerID?
  let message: (any Replicated)?

  /// What it says; a word for bytes that say nothing.
  var words: String { message.map { text(of: $0) } ?? "undecodable bytes" }
}

extension Frozen {
  /// All messages that wait, in order. O(messages).
  func waitingMessages() -> [WaitingMessage] {
    var messages: [WaitingMessage] = []
    forEachPending { time, target, cause, author, message in
      messages.append(WaitingMessage(time: time, target: target, cause: cause, author: author, message: message))
    }
    return messages
  }

  /// How a message is named in differences.
  func name(of message: WaitingMessage) -> String {
    "message to \(name(of: message.target)) at \(message.time.nanoseconds) ns"
  }

  /// The type of a node, with its id unless it is the root.
  func name(of node: NodeID) -> String {
    let type = nodeTypeNames[node.typeIndex]
    return node == .root ? type : "\(type) \(node)"
  }

  /// How the messages that wait differ: by their causes, which name them, then by order.
  func queueDifferences(from other: Frozen) -> [Difference] {
    queueDifferences(from: other.waitingMessages(), isCut: false)
  }

  /// The same with messages of another machine, of which perhaps only the first were told.
  func queueDifferences(from theirs: [WaitingMessage], isCut: Bool) -> [Difference] {
    let end = isCut ? theirs.last?.time ?? .zero : nil
    let mine = waitingMessages().filter { message in end.map { message.time < $0 } ?? true }
    let theirs = theirs.filter { message in end.map { message.time < $0 } ?? true }
    let myPlaces = Dictionary(mine.indices.map { (mine[$0].cause, $0) }) { first, _ in first }
    let theirPlaces = Dictionary(theirs.indices.map { (theirs[$0].cause, $0) }) { first, _ in first }
    var found: [Difference] = []
    for message in mine {
      guard let place = theirPlaces[message.cause] else {
        found.append(Difference(node: nil, path: name(of: message), value: message.words, other: "nothing"))
        continue
      }
      found += differences(of: message, from: theirs[place])
    }
    for message in theirs where myPlaces[message.cause] == nil {
      found.append(Difference(node: nil, path: name(of: message), value: "nothing", other: message.words))
    }
    if found.isEmpty {
      let places = zip(mine, theirs).enumerated().filter { $0.element.0.cause != $0.element.1.cause }
      found += places.prefix(1).map { place, pair in
        Difference(node: nil, path: "queue[\(place)]", value: pair.0.words, other: pair.1.words)
      }
    }
    return found
  }

  private func differences(of mine: WaitingMessage, from theirs: WaitingMessage) -> [Difference] {
    var comparison = FieldComparison(limit: 4)
    let path = name(of: mine)
    comparison.compare(mine.time, theirs.time, at: path + ".time")
    comparison.compare(mine.target, theirs.target, at: path + ".target")
    comparison.compare(mine.author as Any, theirs.author as Any, at: path + ".author")
    switch (mine.message, theirs.message) {
    case (let left?, let right?):
      if left.encoded() != right.encoded() { comparison.compare(left, right, at: path) }
    case (nil, nil): break
    default: comparison.compare(mine.words, theirs.words, at: path)
    }
    return comparison.findings.map { Difference(node: nil, path: $0.path, value: $0.left, other: $0.right) }
  }
}
