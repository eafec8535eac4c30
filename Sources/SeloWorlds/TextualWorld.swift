public import SeloVM

/// A world that people can talk to in words and look at in lines: what the command line, the demo and load generators
/// need of a world.
public protocol TextualWorld: World {
  /// The message that `words` say, the first being the verb.
  static func message(parsing words: [String]) throws(WorldTextError) -> Message

  /// One line for each verb, in the form `verb <argument> … – what it does`.
  static var usage: [String] { get }

  /// The state in lines, in an order that depends on the state only.
  static func describe(_ moment: Frozen<Self>) -> [(path: String, value: String)]

  /// The `number`-th message of a load: each one changes the state, so a lost or doubled one shows in the digest.
  static func workload(_ number: UInt64, author: PeerID) -> Message
}

/// Why words are no message.
public enum WorldTextError: Error, Hashable, Sendable {
  /// There is no word at all.
  case empty
  /// The world has no such verb.
  case unknownVerb(String)
  /// The verb has other arguments; the text is its line of ``TextualWorld/usage``.
  case wrongArguments(usage: String)
}
