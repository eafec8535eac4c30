/// What a turn throws to say that it must not happen.
///
/// Any error does: the message then counts as consumed and nothing else of the turn remains (VM rule 19).
public enum TurnError: Error, Hashable, Sendable {
  /// The message is refused; the text is for people and never enters the state.
  case rejected(String)
}
