public import SeloVM

// The counter in a terminal: what one may type, and what it shows.

extension Counter: TextualWorld {
  public static var usage: [String] {
    [
      "increment – adds one",
      "decrement – takes one away",
      "loop – adds one every half second",
      "stop – ends the loop",
    ]
  }

  public static func message(parsing words: [String]) throws(WorldTextError) -> Message {
    let (verb, arguments, usage) = try Self.verb(of: words)
    switch (verb, arguments.count) {
    case ("increment", 0): return .increment
    case ("decrement", 0): return .decrement
    case ("loop", 0): return .loop
    case ("stop", 0): return .stop
    default: throw .wrongArguments(usage: usage)
    }
  }

  public static func describe(_ moment: Frozen<Counter>) -> [(path: String, value: String)] {
    [
      (path: "count", value: "\(moment.root.count)"),
      (path: "loop", value: moment.root.loop == nil ? "off" : "on"),
    ]
  }

  public static func workload(_ number: UInt64, author: PeerID) -> Message { number % 3 == 2 ? .decrement : .increment }
}
