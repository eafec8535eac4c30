import SeloCrypto
import SeloWire

/// The open pair channels of a peer, found by the index that datagrams carry.
struct ChannelTable {
  struct Slot {
    /// Whom the channel leads to: proven by its handshake.
    let author: Author
    let endpoint: Endpoint
    var channel: Channel
    var heard: Instant
    /// Since when the author is on no roster any more.
    var formerSince: Instant?
    /// Whether anything has opened on this channel. Before that a responder may not speak, and an initiator repeats
    /// an empty packet so that it may.
    var isConfirmed = false
    let isInitiator: Bool
    /// How its member is heard and spoken to.
    var path = Path()
    /// What it may have passed on.
    var relays = TokenBucket()
    var confirmations = 0
    var nextConfirmation: Instant
  }

  // Sorted by local index; a handful, or a few hundred.
  private(set) var slots: [Slot] = []
  /// Datagrams that came through a third, before they came on the direct way if they ever did.
  private(set) var bridged: UInt64 = 0

  /// - Parameter third: the member through whom the handshake came, when it did not come on the direct way.
  mutating func open(
    _ channel: Channel, to author: Author, at endpoint: Endpoint, isInitiator: Bool, through third: Member? = nil,
    now: Instant
  ) {
    slots.removeAll { $0.channel.localIndex == channel.localIndex }
    var slot = Slot(
      author: author, endpoint: endpoint, channel: channel, heard: now, isInitiator: isInitiator, nextConfirmation: now)
    if let third { slot.path.begin(through: third, at: now) }
    slots.append(slot)
    slots.sort { $0.channel.localIndex < $1.channel.localIndex }
  }

  /// Whether this peer may speak to `author`. A channel opened by the other side does not count before something came
  /// through it: when both knock at once, each side's own knock must go on.
  func isOpen(to author: Author) -> Bool { best(author) != nil }

  func endpoint(of author: Author) -> Endpoint? { best(author).map { slots[$0].endpoint } }

  /// Opens a sealed datagram that came on the direct way: who sent it, and the packet when it is complete.
  mutating func open(
    _ datagram: [UInt8], at now: Instant
  ) throws(PeerRejection) -> (author: Author, packet: [UInt8]?) {
    try open(datagram, at: now) { $0.hear(at: now) }
  }

  /// The same for one that came through a third.
  mutating func open(
    _ datagram: [UInt8], through third: Member, at now: Instant, tick: Delay
  ) throws(PeerRejection) -> (author: Author, packet: [UInt8]?) {
    let opened = try open(datagram, at: now) { $0.hear(through: third, at: now, tick: tick) }
    bridged += 1
    return opened
  }

  private mutating func open(
    _ datagram: [UInt8], at now: Instant, noting heard: (inout Path) -> Void
  ) throws(PeerRejection) -> (author: Author, packet: [UInt8]?) {
    guard let local = Channel.index(of: datagram) else { throw .malformed }
    guard let index = slots.firstIndex(where: { $0.channel.localIndex == local }) else { throw .unknownChannel }
    do throws(ChannelError) {
      let packet = try slots[index].channel.open(datagram)
      slots[index].heard = now
      slots[index].isConfirmed = true
      heard(&slots[index].path)
      return (slots[index].author, packet)
    } catch { throw .channel(error) }
  }

  /// The datagrams of a packet on the channel that was heard last; none when there is no channel.
  mutating func seal(_ packet: [UInt8], to author: Author) -> (datagrams: [[UInt8]], endpoint: Endpoint)? {
    guard let index = best(author) else { return nil }
    return (slots[index].channel.seal(packet), slots[index].endpoint)
  }

  /// The same for a word that may need a detour.
  mutating func speak(
    _ packet: [UInt8], to author: Author, at now: Instant, tick: Delay
  ) -> (datagrams: [[UInt8]], endpoint: Endpoint, speech: Path.Speech)? {
    guard let index = best(author) else { return nil }
    let speech = slots[index].path.speak(at: now, tick: tick)
    return (slots[index].channel.seal(packet), slots[index].endpoint, speech)
  }

  /// Changes what is known of the way to `author`, or asks for it; nil when no channel leads there.
  mutating func path<Answer>(to author: Author, _ change: (inout Path) -> Answer) -> Answer? {
    best(author).map { change(&slots[$0].path) }
  }

  /// To whom a datagram that names a channel of this peer belongs.
  func author(of datagram: [UInt8]) -> Author? {
    guard let local = Channel.index(of: datagram) else { return nil }
    return slots.first { $0.channel.localIndex == local }?.author
  }

  /// The members through whom a word to `author` may go, each once: heard on the direct way lately.
  func thirds(besides author: Author, at now: Instant) -> [Author] {
    var found: [Author] = []
    for slot in slots where slot.author != author && slot.formerSince == nil && slot.path.isDirect(at: now) {
      if !found.contains(slot.author), isOpen(to: slot.author) { found.append(slot.author) }
    }
    return found
  }

  /// Whether a datagram of `author` may be passed on.
  mutating func admitsRelay(of author: Author, at now: Instant) -> Bool {
    guard let index = best(author) else { return false }
    return slots[index].relays.take(.relays, at: now)
  }

  /// A handshake of three messages: its initiator has proven that it is there now.
  mutating func confirm(_ author: Author) {
    for index in slots.indices where slots[index].author == author { slots[index].isConfirmed = true }
  }

  /// Channels of those who are on no roster stay a minute, to tell them so; then they go.
  mutating func keep(_ authors: [Author], at now: Instant) {
    for index in slots.indices {
      if authors.contains(slots[index].author) {
        slots[index].formerSince = nil
      } else if slots[index].formerSince == nil {
        slots[index].formerSince = now
      }
    }
    expire(at: now)
  }

  mutating func expire(at now: Instant) {
    slots.removeAll { $0.formerSince.map { now.since($0) > .seconds(60) } ?? false }
  }

  /// Empty packets on channels opened from here that nothing has come back on: at once, then after 40 ms, 80 ms …
  mutating func confirmations(at now: Instant) -> [Confirmation] {
    var due: [Confirmation] = []
    for index in slots.indices where slots[index].awaitsConfirmation && slots[index].nextConfirmation <= now {
      slots[index].confirmations += 1
      slots[index].nextConfirmation = now + .milliseconds(20) * (1 << UInt64(slots[index].confirmations))
      due.append(
        Confirmation(
          author: slots[index].author, datagrams: slots[index].channel.seal([]), endpoint: slots[index].endpoint,
          detour: slots[index].path.detour(at: now)))
    }
    return due
  }

  struct Confirmation {
    let author: Author
    let datagrams: [[UInt8]]
    let endpoint: Endpoint
    let detour: Path.Detour?
  }

  var deadline: Instant? {
    var earliest: Instant?
    for slot in slots where slot.awaitsConfirmation { earliest = .earliest(earliest, slot.nextConfirmation) }
    return earliest
  }

  mutating func closeAll() { slots = [] }

  /// Where authors were that are on no roster any more and have no other channel.
  var formerEndpoints: [Endpoint] {
    let present = slots.filter { $0.formerSince == nil }.map(\.endpoint)
    var found: [Endpoint] = []
    for slot in slots where slot.formerSince != nil && !present.contains(slot.endpoint) {
      if !found.contains(slot.endpoint) { found.append(slot.endpoint) }
    }
    return found
  }

  private func best(_ author: Author) -> Int? {
    var best: Int?
    for index in slots.indices where slots[index].author == author {
      guard slots[index].isInitiator || slots[index].isConfirmed else { continue }
      // Of two that were heard at the same time the later one.
      if let known = best, slots[index].heard < slots[known].heard { continue }
      best = index
    }
    return best
  }
}

extension TokenBucket.Rate {
  /// How much one member may have passed on.
  fileprivate static let relays = TokenBucket.Rate(burst: Limits.relaysAtOnce, spacing: Limits.relaySpacing)
}

extension ChannelTable.Slot {
  fileprivate var awaitsConfirmation: Bool { isInitiator && !isConfirmed && confirmations < 8 }
}
