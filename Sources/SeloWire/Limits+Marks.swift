// Marks, and what a joiner may cost those who let it in (PROTOCOL section 8).
extension Limits {
  /// A session in which something happens has a mark at least this often, in virtual time.
  package static let markSpacing = Delay.seconds(10)
  /// Frames between a mark and the newest frame beyond which a joiner is given a new one: its tail is short then, and
  /// many joiners share a mark. At fifty a second ten seconds.
  package static let markFrames: UInt64 = 512
  /// Marks a member keeps: the newest, and the one before, which somebody may be loading.
  package static let marks = 2
  /// The same with those that are pinned. Each costs what the world has changed since, and its bytes while it is given.
  package static let marksHeld = 4
  /// How long a mark is pinned for one who does not ask any more.
  package static let pinPatience = Delay.seconds(60)
  /// Who asks for no chunk for so long gives its place to another.
  package static let readerPatience = Delay.seconds(2)
  /// Bytes of a block of a snapshot, which is checked by itself: 64 chunks, the mask of one request.
  package static let blockBytes = 64 * 1_024
  /// Blocks that may come wrong before a joiner goes elsewhere.
  package static let badBlocks = 3
  /// How long a door is passed over that gave something false, while there may be others.
  package static let shunPatience = Delay.seconds(3)
  /// How long a learner may load: the largest snapshot at half a megabyte a second.
  package static let loadPatience = Delay.seconds(600)
  /// A member answers one statement a joiner in this time: a signature costs 22 µs.
  package static let statementSpacing = Delay.milliseconds(100)
  /// How long a joiner waits for statements of a quorum before it says that it has none.
  package static let vouchPatience = Delay.seconds(5)
}
