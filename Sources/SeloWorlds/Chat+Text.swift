public import SeloVM

// The chat in a terminal: what one may type, and what it shows.

extension Chat: TextualWorld {
  public static var usage: [String] { ["say <words> … – says it to everybody", "walk <x> <y> – walks there"] }

  public static func message(parsing words: [String]) throws(WorldTextError) -> Message {
    let (verb, arguments, usage) = try Self.verb(of: words)
    switch (verb, arguments.count) {
    case ("say", 1...):
      let text = arguments.joined(separator: " ")
      if isLine(text) { return .say(text) }
    case ("walk", 2): if let point = Point(arguments[0], arguments[1]) { return .walk(point) }
    default: break
    }
    throw .wrongArguments(usage: usage)
  }

  public static func describe(_ moment: Frozen<Chat>) -> [(path: String, value: String)] {
    var lines: [(path: String, value: String)] = []
    for (peer, ref) in moment.root.people {
      guard let visitor = moment[ref] else { continue }
      let state = visitor.isAsleep ? ", asleep" : ""
      lines.append(
        (path: "people/\(String(peer.value, radix: 16))", value: "\(visitor.name) at \(visitor.position.text)\(state)"))
    }
    lines.append((path: "lines", value: "\(moment.root.lines.count)"))
    for (place, line) in moment.root.lines.enumerated().suffix(20) {
      lines.append((path: "lines/\(place)", value: line.sentence))
    }
    return lines
  }

  public static func workload(_ number: UInt64, author: PeerID) -> Message {
    number % 4 == 3 ? .walk(Point(numbered: number &* 37 &+ author.value)) : .say("message \(number)")
  }
}

extension Chat.Line {
  /// The line as people read it.
  public var sentence: String {
    switch text {
    case .said(let words): "\(name): \(words)"
    case .came: "\(name) came"
    case .left: "\(name) left"
    }
  }
}
