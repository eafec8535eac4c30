public import SeloVM

/// A room in which people talk, come, go, walk about and fall asleep.
///
/// Its bytes are made by the `Codable` default: a chat has few messages, and this way no line is written by hand.
public struct Chat: World, Codable {
  /// Who is present.
  public private(set) var people = Table<PeerID, Ref<Visitor>>()
  /// What was said, and who came and went; the oldest first.
  public private(set) var lines: [Line] = []

  /// Lines at most; one more removes the oldest.
  public static let lineLimit = 256
  /// Bytes of UTF-8 in a line, at most.
  public static let textLimit = 500

  /// An empty room.
  public init() {}

  public static var nodes: [any Node.Type] { [Visitor.self] }

  /// One line of what is said in the room.
  public struct Line: Hashable, Sendable, Codable {
    /// When it was said.
    public let time: VirtualTime
    /// What the speaker was called then.
    public let name: String
    /// What happened.
    public let text: Text

    /// What a line is about.
    public enum Text: Hashable, Sendable, Codable {
      case said(String)
      case came
      case left
    }
  }

  /// What peers may publish; all of it is about the author.
  public enum Message: Replicated, Hashable, Sendable, Codable {
    case say(String)
    case walk(Point)
  }

  /// No empty lines, no long ones, none with control characters, and only points of the field.
  public static func accepts(_ message: Message, from author: PeerID) -> Bool {
    switch message {
    case .say(let text): isLine(text)
    case .walk(let point): point.isInField
    }
  }

  /// Control characters could take a terminal over: they are those below the space, DEL, and the 32 after it.
  static func isLine(_ text: String) -> Bool {
    let controls = text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    return !text.isEmpty && text.utf8.count <= textLimit && !controls
  }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Chat>) throws {
    guard let author = turn.author, let ref = people[author], let visitor = turn[ref] else {
      throw TurnError.rejected("not in the room")
    }
    switch message {
    case .say(let text):
      note(.said(text), of: visitor.name, turn)
      turn.send(.wake, to: ref)
    case .walk(let point): turn.send(.walk(point), to: ref)
    }
  }

  public mutating func presence(_ presence: Presence, _ turn: inout Turn<Chat>) {
    switch presence {
    case .joined(let peer, let name):
      guard people[peer] == nil else { return }
      let visitor = turn.spawn(Visitor(name: name, at: Point(throwing: turn.random)))
      people[peer] = visitor
      turn.send(.wake, to: visitor)
      note(.came, of: name, turn)
    case .left(let peer):
      guard let visitor = people[peer] else { return }
      if let name = turn[visitor]?.name { note(.left, of: name, turn) }
      turn.destroy(visitor)
      people[peer] = nil
    }
  }

  /// Keeps a line, and hands it to the views, which may ring a bell.
  private mutating func note(_ text: Line.Text, of name: String, _ turn: borrowing Turn<Chat>) {
    let line = Line(time: turn.now, name: name, text: text)
    if lines.count >= Self.lineLimit { lines.removeFirst() }
    lines.append(line)
    turn.emit(line)
  }
}
