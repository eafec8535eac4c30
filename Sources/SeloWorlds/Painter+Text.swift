public import SeloVM

// The painter in a terminal: what one may type, and what it shows.

extension Painter: TextualWorld {
  public static var usage: [String] {
    [
      "move <x> <y> – goes there without painting",
      "line <x> <y> – paints a line to there",
      "colour <colour> – takes another colour",
      "undo – takes back your newest line",
      "clear – takes everybody's lines away",
    ]
  }

  public static func message(parsing words: [String]) throws(WorldTextError) -> Message {
    let (verb, arguments, usage) = try Self.verb(of: words)
    switch (verb, arguments.count) {
    case ("undo", 0): return .undo
    case ("clear", 0): return .clear
    case ("colour", 1): if let colour = Stroke.Colour(name: arguments[0]) { return .colour(colour) }
    case ("move", 2): if let point = Point(arguments[0], arguments[1]) { return .move(point) }
    case ("line", 2): if let point = Point(arguments[0], arguments[1]) { return .line(to: point) }
    default: break
    }
    throw .wrongArguments(usage: usage)
  }

  public static func describe(_ moment: Frozen<Painter>) -> [(path: String, value: String)] {
    let painter = moment.root
    var lines = painter.cursors.map { peer, cursor in
      (path: "cursors/\(String(peer.value, radix: 16))", value: "\(cursor.name) at \(cursor.position.text)")
    }
    lines.append((path: "marks", value: "\(painter.marks.count)"))
    for (place, mark) in painter.marks.enumerated().suffix(8) {
      lines.append((path: "marks/\(place)", value: mark.stroke.text))
    }
    return lines
  }

  /// Lines all over the canvas; now and then one is taken back.
  public static func workload(_ number: UInt64, author: PeerID) -> Message {
    number % 8 == 7 ? .undo : .line(to: Point(numbered: number &* 37 &+ author.value))
  }
}
