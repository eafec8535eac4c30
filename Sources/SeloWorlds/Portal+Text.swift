public import SeloVM

// The portal in a terminal: what one may type, and what it shows.

extension Portal: TextualWorld {
  public static var usage: [String] {
    [
      "paint <x> <y> <x> <y> <colour> – paints a line here",
      "clear – takes all lines away here",
      "open <world> – opens a window into another world",
      "close <world> – closes it",
      "reach <world> <x> <y> <x> <y> <colour> – paints a line there",
    ]
  }

  public static func message(parsing words: [String]) throws(WorldTextError) -> Message {
    let (verb, arguments, usage) = try Self.verb(of: words)
    switch (verb, arguments.count) {
    case ("clear", 0): return .clear
    case ("paint", 5): if let stroke = Stroke(words: arguments) { return .paint(stroke) }
    case ("open", 1): if isAddress(arguments[0]) { return .open(arguments[0]) }
    case ("close", 1): if isAddress(arguments[0]) { return .close(arguments[0]) }
    case ("reach", 6):
      if isAddress(arguments[0]), let stroke = Stroke(words: Array(arguments[1...])) {
        return .reach(arguments[0], stroke)
      }
    default: break
    }
    throw .wrongArguments(usage: usage)
  }

  public static func describe(_ moment: Frozen<Portal>) -> [(path: String, value: String)] {
    let portal = moment.root
    var lines = [(path: "strokes", value: "\(portal.strokes.count)")]
    for (place, stroke) in portal.strokes.enumerated().suffix(8) {
      lines.append((path: "strokes/\(place)", value: stroke.text))
    }
    for (address, picture) in portal.windows {
      lines.append((path: "windows/\(address)", value: "edition \(picture.edition), \(picture.strokes.count) strokes"))
      for (place, stroke) in picture.strokes.enumerated().suffix(8) {
        lines.append((path: "windows/\(address)/\(place)", value: stroke.text))
      }
    }
    return lines + portal.watchers.keys.map { (path: "watchers/\($0)", value: "looks in") }
  }

  public static func workload(_ number: UInt64, author: PeerID) -> Message {
    let colours = Stroke.Colour.allCases
    return .paint(
      Stroke(
        from: Point(numbered: number &* 37 &+ author.value), to: Point(numbered: number &* 91),
        colours[Int(number % UInt64(colours.count))]))
  }
}
