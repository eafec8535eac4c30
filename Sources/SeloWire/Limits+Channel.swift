// What one authenticated peer may make us hold (SECURITY sections 4 and 6).
extension Limits {
  /// Packets of one channel whose fragments are still missing: loss and reordering on a LAN touch few at once.
  package static let partialPackets = 8
  /// Bytes reserved for them: four of the largest packets; the oldest goes first.
  package static let partialBytes = 4 * packetBytes
  /// Datagrams under one key before new keys are due.
  package static let datagramsPerKey: UInt64 = 1 << 32
}
