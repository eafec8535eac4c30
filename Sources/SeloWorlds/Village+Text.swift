public import SeloVM

// The village in a terminal: what one may type, and what it shows.

extension Village: TextualWorld {
  public static var usage: [String] {
    [
      "increment – adds one",
      "decrement – takes one away",
      "move <x> <y> – walks there",
      "stroke <x> <y> <x> <y> <colour> – paints a line",
      "clear – takes all strokes away",
      "ball – throws a ball",
      "pop – takes the oldest ball away",
    ]
  }

  public static func message(parsing words: [String]) throws(WorldTextError) -> Message {
    let (verb, arguments, usage) = try Self.verb(of: words)
    switch (verb, arguments.count) {
    case ("increment", 0): return .increment
    case ("decrement", 0): return .decrement
    case ("clear", 0): return .clear
    case ("ball", 0): return .ball
    case ("pop", 0): return .pop
    case ("move", 2): if let point = Point(arguments[0], arguments[1]) { return .move(point) }
    case ("stroke", 5): if let stroke = Stroke(words: arguments) { return .stroke(stroke) }
    default: break
    }
    throw .wrongArguments(usage: usage)
  }

  public static func describe(_ moment: Frozen<Village>) -> [(path: String, value: String)] {
    let village = moment.root
    var lines = [(path: "count", value: "\(village.count)")]
    for (peer, ref) in village.avatars {
      guard let avatar = moment[ref] else { continue }
      lines.append(
        (path: "avatars/\(String(peer.value, radix: 16))", value: "\(avatar.name) at \(avatar.position.text)"))
    }
    for ref in village.balls {
      guard let ball = moment[ref] else { continue }
      lines.append((path: "balls/\(ref.id)", value: "\(ball.position.text) going \(ball.velocity.text)"))
    }
    lines.append((path: "strokes", value: "\(village.strokes.count)"))
    for (place, stroke) in village.strokes.enumerated().suffix(8) {
      lines.append((path: "strokes/\(place)", value: stroke.text))
    }
    return lines
  }

  /// Mostly strokes, which keep their order visible; some of everything else but what takes things away.
  public static func workload(_ number: UInt64, author: PeerID) -> Message {
    let here = Point(numbered: number &* 37 &+ author.value)
    switch number % 16 {
    case 0: return .ball
    case 1, 2, 3: return .increment
    case 4, 5: return .move(here)
    default:
      let colours = Stroke.Colour.allCases
      return .stroke(
        Stroke(from: here, to: Point(numbered: number &* 91), colours[Int(number % UInt64(colours.count))]))
    }
  }
}
