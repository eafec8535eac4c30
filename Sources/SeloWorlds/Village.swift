public import SeloVM

/// The demo world: avatars that come, go and move, a counter, balls that bounce by themselves, and a canvas on which
/// everybody paints.
public struct Village: World {
  /// Raised and lowered by anybody.
  public internal(set) var count = 0
  /// The avatar of each peer that is present.
  public internal(set) var avatars = Table<PeerID, Ref<Avatar>>()
  /// The balls, the oldest first.
  public internal(set) var balls: [Ref<Ball>] = []
  /// What has been painted, the oldest first.
  public internal(set) var strokes: [Stroke] = []

  /// Balls at most; one more removes the oldest.
  public static let ballLimit = 64
  /// Strokes at most; one more removes the oldest.
  public static let strokeLimit = 512

  /// An empty village.
  public init() {}

  public static var nodes: [any Node.Type] { [Avatar.self, Ball.self] }

  /// What peers may publish.
  public enum Message: Hashable, Sendable {
    case increment
    case decrement
    /// The author's avatar walks there.
    case move(Point)
    case stroke(Stroke)
    /// Takes all strokes away.
    case clear
    /// Throws a ball from a place and in a direction of chance.
    case ball
    /// Takes the oldest ball away.
    case pop
  }

  /// Only points of the field.
  public static func accepts(_ message: Message, from author: PeerID) -> Bool {
    switch message {
    case .increment, .decrement, .clear, .ball, .pop: true
    case .move(let point): point.isInField
    case .stroke(let stroke): stroke.isInField
    }
  }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Village>) throws {
    switch message {
    case .increment: count &+= 1
    case .decrement: count &-= 1
    case .move(let point):
      guard let author = turn.author, let avatar = avatars[author] else { throw TurnError.rejected("no avatar") }
      turn.send(.walk(to: point), to: avatar)
    case .stroke(let stroke):
      if strokes.count == Self.strokeLimit { strokes.removeFirst() }
      strokes.append(stroke)
    case .clear: strokes = []
    case .ball:
      if balls.count == Self.ballLimit { turn.destroy(balls.removeFirst()) }
      let ball = turn.spawn(Ball(throwing: turn.random))
      balls.append(ball)
      turn.send(.step, to: ball, after: Ball.period)
    case .pop:
      guard !balls.isEmpty else { throw TurnError.rejected("no ball") }
      turn.destroy(balls.removeFirst())
    }
  }

  public mutating func presence(_ presence: Presence, _ turn: inout Turn<Village>) {
    switch presence {
    case .joined(let peer, let name):
      guard avatars[peer] == nil else { return }
      avatars[peer] = turn.spawn(Avatar(name: name, at: Point(throwing: turn.random)))
    case .left(let peer):
      guard let avatar = avatars[peer] else { return }
      turn.destroy(avatar)
      avatars[peer] = nil
    }
  }
}
