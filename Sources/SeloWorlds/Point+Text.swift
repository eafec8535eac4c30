import SeloVM

// Points and strokes as words.

extension Point {
  /// A point of the field; nil for other points, which would be refused at delivery, and for what are no numbers.
  init?(_ x: String, _ y: String) {
    guard let x = Int32(x), let y = Int32(y) else { return nil }
    self.init(x: x, y: y)
    guard isInField else { return nil }
  }

  /// Points of the field, one for each number, far from their neighbours.
  init(numbered number: UInt64) {
    self.init(x: Int32(number % UInt64(Self.width)), y: Int32(number / 7 % UInt64(Self.height)))
  }

  var text: String { "\(x),\(y)" }
}

extension Stroke {
  /// Two points of the field and a colour, as five words; nil for anything else.
  init?(words: [String]) {
    guard words.count == 5, let start = Point(words[0], words[1]), let end = Point(words[2], words[3]),
      let colour = Colour(name: words[4])
    else { return nil }
    self.init(from: start, to: end, colour)
  }

  var text: String { "\(start.text) to \(end.text) \(colour.name)" }
}

extension Stroke.Colour {
  init?(name: String) {
    guard let colour = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = colour
  }
}

extension TextualWorld {
  /// The verb, its arguments and its line of ``TextualWorld/usage``.
  static func verb(of words: [String]) throws(WorldTextError) -> (verb: String, arguments: [String], usage: String) {
    guard let verb = words.first else { throw .empty }
    guard let line = usage.first(where: { $0.split(separator: " ").first.map(String.init) == verb }) else {
      throw .unknownVerb(verb)
    }
    return (verb, Array(words.dropFirst()), line)
  }
}
