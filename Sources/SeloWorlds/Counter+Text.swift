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
    guard let verb = words.first else { throw .empty }
    let messages: [(verb: String, message: Message)] = [
      ("increment", .increment), ("decrement", .decrement), ("loop", .loop), ("stop", .stop),
    ]
    guard let place = messages.firstIndex(where: { $0.verb == verb }) else { throw .unknownVerb(verb) }
    guard words.count == 1 else { throw .wrongArguments(usage: usage[place]) }
    return messages[place].message
  }

  public static func describe(_ moment: Frozen<Counter>) -> [(path: String, value: String)] {
    [
      (path: "count", value: "\(moment.root.count)"),
      (path: "loop", value: moment.root.loop == nil ? "off" : "on"),
    ]
  }

  public static func workload(_ number: UInt64, author: PeerID) -> Message { number % 3 == 2 ? .decrement : .increment }
}
