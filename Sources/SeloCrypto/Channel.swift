import SeloWire

/// Why a sealed datagram was refused. Only ``badFragment`` is the sender's fault for sure: its tag was genuine.
package enum ChannelError: Error, Equatable, Sendable {
  /// Not a sealed datagram of this version, or of an impossible length.
  case malformed
  /// Addressed to another channel.
  case otherChannel
  /// A counter that was used, or is too old to know.
  case replayed
  /// The tag does not fit: altered, relabelled, reflected, or sealed under another key.
  case notAuthentic
  /// Authentic, but header, padding or place of the fragment break the rules.
  case badFragment
}

/// A pairwise encrypted path between two incarnations: packets in, sealed datagrams out, and back.
///
/// | offset | size | name | meaning |
/// |---|---|---|---|
/// | 0 | 1 | kind | 0x10 |
/// | 1 | 1 | version | 1 |
/// | 2 | 4 | index | the receiver's name for this channel |
/// | 6 | 8 | counter | of this sender under this key: 0, 1, 2 … |
/// | 14 | 32·n | sealed | fragment (see ``Fragment``); binds bytes 0..<14 |
/// | … | 16 | tag | |
///
/// Sealing costs one array a datagram and the list of them; opening costs one array a datagram, cut in place.
/// Order is not kept: a datagram opens whenever it arrives within the window, exactly once.
package struct Channel: Equatable, Sendable {
  package static let headerBytes = 14

  private let sendingKey: Secret
  private let receivingKey: Secret
  /// The other's name for this channel: what our datagrams carry.
  package let remoteIndex: UInt32
  /// Our name for this channel: what the other's datagrams carry.
  package let localIndex: UInt32
  /// The counter of the next datagram that leaves.
  package private(set) var sent: UInt64
  private var window = ReplayWindow()
  private var fragments = Fragments()

  /// Keys of 32 bytes from the split of one handshake; never two channels of one pair of keys.
  ///
  /// `sent` is 0 but for tests of worn-out keys.
  package init(sending: Secret, receiving: Secret, localIndex: UInt32, remoteIndex: UInt32, sent: UInt64 = 0) {
    sendingKey = sending
    receivingKey = receiving
    self.localIndex = localIndex
    self.remoteIndex = remoteIndex
    self.sent = sent
  }

  /// The channel of a finished handshake; nil of one that is not.
  package init?(_ handshake: HandshakeState, localIndex: UInt32, remoteIndex: UInt32) {
    guard let keys = handshake.split() else { return nil }
    self.init(sending: keys.sending, receiving: keys.receiving, localIndex: localIndex, remoteIndex: remoteIndex)
  }

  /// Time for new keys: 2^32 datagrams were sealed. The channel goes on for as many again, then seals nothing.
  package var needsNewKeys: Bool { sent >= Limits.datagramsPerKey }

  /// Packets whose fragments are still missing, and the bytes reserved for them.
  package var partialPackets: Int { fragments.packets }
  package var partialBytes: Int { fragments.reserved }

  /// The index a datagram names, so that a peer can find its channel; nil when it is not a sealed datagram.
  package static func index(of datagram: [UInt8]) -> UInt32? {
    guard DatagramKind(of: datagram) == .sealed else { return nil }
    var reader = ByteReader(datagram, in: 2..<6)
    return try? reader.uint32()
  }

  /// The packet as complete datagrams of at most 1,200 bytes each; none if it is longer than ``Limits/packetBytes``
  /// or the key is worn out.
  package mutating func seal(_ packet: [UInt8]) -> [[UInt8]] {
    let count = Fragment.needed(for: packet.count)
    guard packet.count <= Limits.packetBytes, sent < 2 * Limits.datagramsPerKey else { return [] }
    var datagrams: [[UInt8]] = []
    datagrams.reserveCapacity(count)
    for index in 0..<count {
      let start = index * Fragment.capacity
      datagrams.append(seal(packet[start..<min(start + Fragment.capacity, packet.count)], index, of: count))
    }
    return datagrams
  }

  private mutating func seal(_ bytes: ArraySlice<UInt8>, _ index: Int, of count: Int) -> [UInt8] {
    let used = Fragment.headerBytes + bytes.count
    let padded = paddedLength(used)
    var datagram: [UInt8] = []
    datagram.reserveCapacity(Self.headerBytes + padded + Sodium.tagBytes)
    datagram.append(DatagramKind.sealed.rawValue)
    datagram.append(DatagramKind.version)
    datagram.append(littleEndian: remoteIndex)
    datagram.append(littleEndian: sent)
    datagram.append(UInt8(truncatingIfNeeded: index))
    datagram.append(UInt8(truncatingIfNeeded: count))
    datagram.append(littleEndian: UInt16(truncatingIfNeeded: bytes.count))
    datagram.append(contentsOf: bytes)
    datagram.append(contentsOf: repeatElement(0, count: padded - used + Sodium.tagBytes))
    Sodium.seal(inPlace: &datagram, from: Self.headerBytes, key: sendingKey, counter: sent)
    sent += 1
    return datagram
  }

  /// The packet that this datagram completes; nil when a fragment was kept and others are missing.
  ///
  /// Bytes that are not authentic change nothing. Of authentic ones the counter is spent even if the fragment is bad.
  package mutating func open(_ datagram: [UInt8]) throws(ChannelError) -> [UInt8]? {
    let counter = try counter(of: datagram)
    guard window.admits(counter) else { throw .replayed }
    guard let text = Sodium.open(datagram, from: Self.headerBytes, key: receivingKey, counter: counter) else {
      throw .notAuthentic
    }
    window.take(counter)
    guard let fragment = Fragment(opened: text) else { throw .badFragment }
    return try fragments.add(fragment, counter: counter)
  }

  private func counter(of datagram: [UInt8]) throws(ChannelError) -> UInt64 {
    let sealed = datagram.count - Self.headerBytes - Sodium.tagBytes
    guard let index = Self.index(of: datagram), datagram.count <= Limits.datagramBytes, sealed > 0,
      sealed % Limits.paddingBytes == 0
    else { throw .malformed }
    guard index == localIndex else { throw .otherChannel }
    var reader = ByteReader(datagram, in: 6..<Self.headerBytes)
    do { return try reader.uint64() } catch { throw .malformed }
  }
}

extension [UInt8] {
  /// `ByteWriter` would share its storage with the datagram, and sealing in place would copy it.
  fileprivate mutating func append(littleEndian word: some FixedWidthInteger) {
    for shift in stride(from: 0, to: word.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
  }
}
