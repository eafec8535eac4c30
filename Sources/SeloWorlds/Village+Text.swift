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
    guard let verb = words.first else { throw .empty }
    guard let usage = usage.first(where: { $0.split(separator: " ").first.map(String.init) == verb }) else {
      throw .unknownVerb(verb)
    }
    guard let message = message(verb, words.dropFirst().map { $0 }) else { throw .wrongArguments(usage: usage) }
    return message
  }

  private static func message(_ verb: String, _ arguments: [String]) -> Message? {
    switch (verb, arguments.count) {
    case ("increment", 0): return .increment
    case ("decrement", 0): return .decrement
    case ("clear", 0): return .clear
    case ("ball", 0): return .ball
    case ("pop", 0): return .pop
    case ("move", 2): return point(arguments[0], arguments[1]).map { .move($0) }
    case ("stroke", 5):
      guard let start = point(arguments[0], arguments[1]), let end = point(arguments[2], arguments[3]),
        let colour = Stroke.Colour.allCases.first(where: { $0.name == arguments[4] })
      else { return nil }
      return .stroke(Stroke(from: start, to: end, colour))
    default: return nil
    }
  }

  /// Only points of the field: others would be refused at delivery.
  private static func point(_ x: String, _ y: String) -> Point? {
    guard let x = Int32(x), let y = Int32(y) else { return nil }
    let point = Point(x: x, y: y)
    return point.isInField ? point : nil
  }

  public static func describe(_ moment: Frozen<Village>) -> [(path: String, value: String)] {
    let village = moment.root
    var lines = [(path: "count", value: "\(village.count)")]
    for (peer, ref) in village.avatars {
      guard let avatar = moment[ref] else { continue }
      let place = "\(avatar.position.x),\(avatar.position.y)"
      lines.append((path: "avatars/\(String(peer.value, radix: 16))", value: "\(avatar.name) at \(place)"))
    }
    for ref in village.balls {
      guard let ball = moment[ref] else { continue }
      let place = "\(ball.position.x),\(ball.position.y)"
      lines.append((path: "balls/\(ref.id)", value: "\(place) going \(ball.velocity.x),\(ball.velocity.y)"))
    }
    lines.append((path: "strokes", value: "\(village.strokes.count)"))
    for (place, stroke) in village.strokes.enumerated().suffix(8) {
      let line = "\(stroke.start.x),\(stroke.start.y) to \(stroke.end.x),\(stroke.end.y) \(stroke.colour.name)"
      lines.append((path: "strokes/\(place)", value: line))
    }
    return lines
  }

  /// Mostly strokes, which keep their order visible; some of everything else but what takes things away.
  public static func workload(_ number: UInt64, author: PeerID) -> Message {
    let here = point(number &* 37 &+ author.value)
    switch number % 16 {
    case 0: return .ball
    case 1, 2, 3: return .increment
    case 4, 5: return .move(here)
    default:
      let colours = Stroke.Colour.allCases
      return .stroke(Stroke(from: here, to: point(number &* 91), colours[Int(number % UInt64(colours.count))]))
    }
  }

  private static func point(_ number: UInt64) -> Point {
    Point(x: Int32(number % UInt64(Point.width)), y: Int32(number / 7 % UInt64(Point.height)))
  }
}
