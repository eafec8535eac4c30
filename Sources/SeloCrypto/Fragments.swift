import SeloWire

/// How a packet is cut to fit datagrams, and the small header that each piece carries under the seal.
///
/// | offset | size | name | meaning |
/// |---|---|---|---|
/// | 0 | 1 | index | 0..<count |
/// | 1 | 1 | count | 1…58 |
/// | 2 | 2 | length | bytes that follow: 1,148 in all but the last |
/// | 4 | length | bytes | |
/// | … | 0…31 | padding | zero, to a multiple of 32 |
///
/// The pieces of one packet leave under consecutive counters, so counter − index names the packet: a piece cannot be
/// put into another packet, and none can come twice, because the replay window refuses its counter.
package struct Fragment: Equatable, Sendable {
  package static let headerBytes = 4
  /// What fits a datagram beside channel header, tag and fragment header, after rounding down to the padding.
  package static let capacity =
    (Limits.datagramBytes - Channel.headerBytes - Sodium.tagBytes) / Limits.paddingBytes * Limits.paddingBytes
    - headerBytes
  package static let most = (Limits.packetBytes + capacity - 1) / capacity

  package let index: Int
  package let count: Int
  /// The bytes of the packet that this piece holds.
  package let bytes: [UInt8]

  /// Pieces that a packet of `count` bytes needs: at least one.
  static func needed(for count: Int) -> Int { max(1, (count + capacity - 1) / capacity) }

  /// Parses opened bytes in place; nil when they break a rule of the table.
  init?(opened: consuming [UInt8]) {
    guard opened.count >= Self.headerBytes else { return nil }
    let index = Int(opened[0])
    let count = Int(opened[1])
    let length = Int(opened[2]) | Int(opened[3]) << 8
    guard (1...Self.most).contains(count), index < count, length <= Self.capacity else { return nil }
    guard index == count - 1 ? length > 0 || count == 1 : length == Self.capacity else { return nil }
    let used = Self.headerBytes + length
    guard opened.count == paddedLength(used), opened[used...].allSatisfy({ $0 == 0 }) else { return nil }
    guard index * Self.capacity + length <= Limits.packetBytes else { return nil }
    opened.removeLast(opened.count - used)
    opened.removeFirst(Self.headerBytes)
    self.index = index
    self.count = count
    bytes = opened
  }
}

/// Rounded up to a multiple of 32, so that lengths tell less.
func paddedLength(_ count: Int) -> Int {
  (count + Limits.paddingBytes - 1) / Limits.paddingBytes * Limits.paddingBytes
}

/// Packets of one channel that wait for missing fragments; the oldest is dropped beyond ``Limits/partialPackets`` or
/// ``Limits/partialBytes``. What is reserved counts, not what arrived, so a lone fragment pays for its whole packet.
package struct Fragments: Equatable, Sendable {
  private struct Partial: Equatable, Sendable {
    let first: UInt64
    let count: Int
    var pieces: [[UInt8]?]
    var missing: Int

    var reserved: Int { count * Fragment.capacity }
  }

  /// In order of their first arrival.
  private var partials: [Partial] = []

  package init() {}

  /// Bytes reserved for packets in progress.
  package var reserved: Int { partials.reduce(0) { sum, partial in sum + partial.reserved } }
  package var packets: Int { partials.count }

  /// Adds the piece that came under `counter`: the whole packet when nothing is missing, nil while something is.
  mutating func add(_ fragment: Fragment, counter: UInt64) throws(ChannelError) -> [UInt8]? {
    if fragment.count == 1 { return fragment.bytes }
    guard counter >= UInt64(fragment.index) else { throw .badFragment }
    let first = counter - UInt64(fragment.index)
    guard let place = partials.firstIndex(where: { partial in partial.first == first }) else {
      open(first, fragment)
      return nil
    }
    guard partials[place].count == fragment.count, partials[place].pieces[fragment.index] == nil else {
      throw .badFragment
    }
    partials[place].pieces[fragment.index] = fragment.bytes
    partials[place].missing -= 1
    guard partials[place].missing == 0 else { return nil }
    let pieces = partials.remove(at: place).pieces
    var packet: [UInt8] = []
    packet.reserveCapacity(pieces.count * Fragment.capacity)
    for piece in pieces { packet.append(contentsOf: piece ?? []) }
    return packet
  }

  private mutating func open(_ first: UInt64, _ fragment: Fragment) {
    var pieces = [[UInt8]?](repeating: nil, count: fragment.count)
    pieces[fragment.index] = fragment.bytes
    partials.append(Partial(first: first, count: fragment.count, pieces: pieces, missing: fragment.count - 1))
    while partials.count > Limits.partialPackets || reserved > Limits.partialBytes { partials.removeFirst() }
  }
}
