public import SeloVM

/// A canvas with windows into the canvases of other worlds, which may look back.
///
/// Worlds share nothing. All that passes between them are letters, and a letter says what the receiver may make of it:
///
///     portal A                                   portal B
///     open B      ── look ──────────────────►    A is watching
///     window to B ◄────────────── picture n ──   and after every change again
///     reach       ── stroke ────────────────►    a stroke on B's canvas
///
/// A host that takes part in both worlds carries the letters. The command takes part in one world, so there the
/// windows stay empty.
public struct Portal: World {
  /// What has been painted here, the oldest first.
  public internal(set) var strokes: [Stroke] = []
  /// What is seen of other worlds, by their addresses.
  public internal(set) var windows = Table<String, Picture>()
  /// Which worlds look in here.
  public internal(set) var watchers = Table<String, Bool>()
  /// Raised by every change of the canvas.
  var edition: UInt64 = 0
  /// The message that will show the changes to the watchers.
  var showing: Ticket?

  /// Strokes, windows and watchers at most. One more stroke removes the oldest; one more of the others is refused.
  public static let strokeLimit = 64
  /// See ``strokeLimit``.
  public static let windowLimit = 16
  /// Changes are shown together, so often at most.
  public static let period = Delay.milliseconds(100)

  /// An empty canvas without windows.
  public init() {}

  /// A canvas as it was at one edition.
  public struct Picture: Hashable, Sendable {
    /// A window shows the newest edition that came, whatever order letters take.
    public internal(set) var edition: UInt64 = 0
    /// What was painted on it.
    public internal(set) var strokes: [Stroke] = []
  }

  /// What peers may publish, but for the last.
  public enum Message: Hashable, Sendable {
    /// Paints here.
    case paint(Stroke)
    /// Takes all strokes away here.
    case clear
    /// Opens a window into another world.
    case open(String)
    /// Closes it.
    case close(String)
    /// Paints there.
    case reach(String, Stroke)
    /// What the world says to itself.
    case show
  }

  /// What portals write each other.
  public enum Word: Hashable, Sendable {
    /// Show me your canvas from now on.
    case look
    /// No more.
    case turnAway
    /// My canvas.
    case picture(Picture)
    /// Paint this for me.
    case stroke(Stroke)
  }

  /// Only strokes in the field and addresses that can be read.
  public static func accepts(_ message: Message, from author: PeerID) -> Bool {
    switch message {
    case .paint(let stroke): stroke.isInField
    case .clear: true
    case .open(let address), .close(let address): isAddress(address)
    case .reach(let address, let stroke): isAddress(address) && stroke.isInField
    case .show: false
    }
  }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Portal>) throws {
    switch message {
    case .paint(let stroke): paint(stroke, turn)
    case .clear:
      strokes = []
      changed(turn)
    case .open(let address):
      guard windows[address] == nil, windows.count < Self.windowLimit else { throw TurnError.rejected("no new window") }
      windows[address] = Picture()
      turn.post(Word.look, toWorld: address)
    case .close(let address):
      guard windows[address] != nil else { throw TurnError.rejected("no such window") }
      windows[address] = nil
      turn.post(Word.turnAway, toWorld: address)
    case .reach(let address, let stroke):
      guard windows[address] != nil else { throw TurnError.rejected("no such window") }
      turn.post(Word.stroke(stroke), toWorld: address)
    case .show:
      showing = nil
      for (watcher, _) in watchers { show(to: watcher, turn) }
    }
  }

  /// A letter may come from any world whatever: its words are judged like a stranger's.
  public mutating func letter(_ letter: Letter, _ turn: inout Turn<Portal>) throws {
    switch try letter.read(as: Word.self) {
    case .look:
      guard Self.isAddress(letter.source), watchers.count < Self.windowLimit || watchers[letter.source] != nil else {
        throw TurnError.rejected("too many watchers")
      }
      watchers[letter.source] = true
      show(to: letter.source, turn)
    case .turnAway: watchers[letter.source] = nil
    case .picture(let picture):
      guard let seen = windows[letter.source], picture.edition >= seen.edition else { return }
      windows[letter.source] = picture
    case .stroke(let stroke):
      guard watchers[letter.source] != nil, stroke.isInField else { throw TurnError.rejected("not from a watcher") }
      paint(stroke, turn)
    }
  }

  private mutating func paint(_ stroke: Stroke, _ turn: borrowing Turn<Portal>) {
    if strokes.count >= Self.strokeLimit { strokes.removeFirst() }
    strokes.append(stroke)
    changed(turn)
  }

  /// The watchers will see it, together with what else changes until then.
  private mutating func changed(_ turn: borrowing Turn<Portal>) {
    edition += 1
    if showing == nil, !watchers.isEmpty { showing = turn.future(Self.period, .show) }
  }

  private func show(to watcher: String, _ turn: borrowing Turn<Portal>) {
    turn.post(Word.picture(Picture(edition: edition, strokes: strokes)), toWorld: watcher)
  }

  /// Printable ASCII, up to a hundred.
  static func isAddress(_ text: String) -> Bool {
    (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
