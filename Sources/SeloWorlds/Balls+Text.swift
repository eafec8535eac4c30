public import SeloVM

// The balls in a terminal: what one may type, and what it shows.

extension Balls: TextualWorld {
  public static var usage: [String] {
    [
      "ball – throws a ball",
      "pop – takes a ball away",
      "kick <x> <y> – pushes the balls near there away",
    ]
  }

  public static func message(parsing words: [String]) throws(WorldTextError) -> Message {
    let (verb, arguments, usage) = try Self.verb(of: words)
    switch (verb, arguments.count) {
    case ("ball", 0): return .ball
    case ("pop", 0): return .pop
    case ("kick", 2): if let point = Point(arguments[0], arguments[1]) { return .kick(point) }
    default: break
    }
    throw .wrongArguments(usage: usage)
  }

  public static func describe(_ moment: Frozen<Balls>) -> [(path: String, value: String)] {
    let refs = moment.all(Disc.self)
    return [(path: "count", value: "\(refs.count)")]
      + refs.compactMap { ref in
        moment[ref].map { (path: "balls/\(ref.id)", value: "at \($0.position.text)") }
      }
  }

  /// A ball, then one away again, so that however long it lasts no limit is reached.
  public static func workload(_ number: UInt64, author: PeerID) -> Message { number % 2 == 0 ? .ball : .pop }
}
