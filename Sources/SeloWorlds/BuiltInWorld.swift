/// The worlds that come with the command, by the names of their charters.
public enum BuiltInWorld: String, CaseIterable, Sendable {
  case counter
  case village

  /// The world definition.
  public var world: any TextualWorld.Type {
    switch self {
    case .counter: Counter.self
    case .village: Village.self
    }
  }
}
