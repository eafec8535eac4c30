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
    var confirmations = 0
    var nextConfirmation: Instant
  }

  // Sorted by local index; a handful, or a few hundred.
  private(set) var slots: [Slot] = []

  mutating func open(_ channel: Channel, to author: Author, at endpoint: Endpoint, isInitiator: Bool, now: Instant) {
    slots.removeAll { $0.channel.localIndex == channel.localIndex }
    slots.append(
      Slot(
        author: author, endpoint: endpoint, channel: channel, heard: now, isInitiator: isInitiator,
        nextConfirmation: now))
    slots.sort { $0.channel.localIndex < $1.channel.localIndex }
  }

  /// Whether this peer may speak to `author`. A channel opened by the other side does not count before something came
  /// through it: when both knock at once, each side's own knock must go on.
  func isOpen(to author: Author) -> Bool { best(author) != nil }

  func endpoint(of author: Author) -> Endpoint? { best(author).map { slots[$0].endpoint } }

  /// Opens a sealed datagram: who sent it, and the packet when it is complete.
  mutating func open(
    _ datagram: [UInt8], at now: Instant
  ) throws(PeerRejection) -> (author: Author, packet: [UInt8]?) {
    guard let local = Channel.index(of: datagram) else { throw .malformed }
    guard let index = slots.firstIndex(where: { $0.channel.localIndex == local }) else { throw .unknownChannel }
    do throws(ChannelError) {
      let packet = try slots[index].channel.open(datagram)
      slots[index].heard = now
      slots[index].isConfirmed = true
      return (slots[index].author, packet)
    } catch { throw .channel(error) }
  }

  /// The datagrams of a packet on the channel that was heard last; none when there is no channel.
  mutating func seal(_ packet: [UInt8], to author: Author) -> (datagrams: [[UInt8]], endpoint: Endpoint)? {
    guard let index = best(author) else { return nil }
    return (slots[index].channel.seal(packet), slots[index].endpoint)
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
  mutating func confirmations(at now: Instant) -> [(datagrams: [[UInt8]], endpoint: Endpoint)] {
    var due: [(datagrams: [[UInt8]], endpoint: Endpoint)] = []
    for index in slots.indices where slots[index].awaitsConfirmation && slots[index].nextConfirmation <= now {
      slots[index].confirmations += 1
      slots[index].nextConfirmation = now + .milliseconds(20) * (1 << UInt64(slots[index].confirmations))
      due.append((slots[index].channel.seal([]), slots[index].endpoint))
    }
    return due
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

extension ChannelTable.Slot {
  fileprivate var awaitsConfirmation: Bool { isInitiator && !isConfirmed && confirmations < 8 }
}
