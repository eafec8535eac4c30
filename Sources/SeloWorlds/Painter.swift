public import SeloVM

/// A canvas on which everybody paints, and a cursor for each peer that is present: what one peer paints, the others see
/// it paint.
public struct Painter: World {
  /// The cursor of each peer that is present.
  public internal(set) var cursors = Table<PeerID, Cursor>()
  /// What has been painted, the oldest first.
  public internal(set) var marks: [Mark] = []

  /// Marks at most; one more removes the oldest.
  public static let markLimit = 2_048

  /// An empty canvas.
  public init() {}

  /// Where somebody's pen is, and what is in it.
  public struct Cursor: Hashable, Sendable {
    /// What its user is called.
    public let name: String
    /// Where the next line begins.
    public internal(set) var position: Point
    /// What the next line is painted with.
    public internal(set) var colour: Stroke.Colour
  }

  /// A stroke, and whose it is.
  public struct Mark: Hashable, Sendable {
    /// Who may undo it.
    public let painter: PeerID
    /// What is seen.
    public let stroke: Stroke
  }

  /// What peers may publish; all of it is about the author's own cursor.
  public enum Message: Hashable, Sendable {
    /// Goes there without painting.
    case move(Point)
    /// Paints a line to there.
    case line(to: Point)
    /// Takes another colour.
    case colour(Stroke.Colour)
    /// Takes back the newest line of the author's.
    case undo
    /// Takes everybody's lines away.
    case clear
  }

  /// Only points of the field.
  public static func accepts(_ message: Message, from author: PeerID) -> Bool {
    switch message {
    case .move(let point), .line(let point): point.isInField
    case .colour, .undo, .clear: true
    }
  }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Painter>) throws {
    guard let painter = turn.author, var cursor = cursors[painter] else { throw TurnError.rejected("no cursor") }
    switch message {
    case .move(let point): cursor.position = point
    case .line(let point):
      if marks.count == Self.markLimit { marks.removeFirst() }
      marks.append(Mark(painter: painter, stroke: Stroke(from: cursor.position, to: point, cursor.colour)))
      cursor.position = point
    case .colour(let colour): cursor.colour = colour
    case .undo:
      guard let newest = marks.lastIndex(where: { $0.painter == painter }) else {
        throw TurnError.rejected("nothing to undo")
      }
      cursor.position = marks.remove(at: newest).stroke.start
    case .clear: marks = []
    }
    cursors[painter] = cursor
  }

  public mutating func presence(_ presence: Presence, _ turn: inout Turn<Painter>) {
    switch presence {
    case .joined(let peer, let name):
      guard cursors[peer] == nil else { return }
      let colour = turn.random.pick(from: Stroke.Colour.allCases) ?? .black
      cursors[peer] = Cursor(name: name, position: Point(throwing: turn.random), colour: colour)
    case .left(let peer): cursors[peer] = nil
    }
  }
}
