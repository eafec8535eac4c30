/// The worlds that come with the command, by the names of their charters.
public enum BuiltInWorld: String, CaseIterable, Sendable {
  case balls
  case chat
  case counter
  case painter
  case portal
  case village

  /// The world definition.
  public var world: any TextualWorld.Type {
    switch self {
    case .balls: Balls.self
    case .chat: Chat.self
    case .counter: Counter.self
    case .painter: Painter.self
    case .portal: Portal.self
    case .village: Village.self
    }
  }
}
