// What one authenticated peer may make us hold (SECURITY sections 4 and 6).
extension Limits {
  /// Packets of one channel whose fragments are still missing: loss and reordering on a LAN touch few at once.
  package static let partialPackets = 8
  /// Bytes reserved for them: four of the largest packets; the oldest goes first.
  package static let partialBytes = 4 * packetBytes
  /// Datagrams under one key before new keys are due.
  package static let datagramsPerKey: UInt64 = 1 << 32

  // Relays (PROTOCOL section 5)

  /// Who speaks for so long (or three tick periods) and hears nothing says so: some lost datagrams are not enough, and
  /// an election has time for it.
  package static let relaySilence = Delay.milliseconds(100)
  /// Between two such words. Each costs two datagrams, and one more where it is passed on.
  package static let unheardSpacing = Delay.milliseconds(100)
  /// How long such a word holds: some of them may be lost.
  package static let unheardLife = Delay.milliseconds(500)
  /// While nobody knows who reaches the other, a copy so often goes through one or another third.
  package static let detourSpacing = Delay.milliseconds(50)
  /// Who was not heard for so long is not asked to pass anything on, and what was said longer ago is another matter.
  package static let relayTrust = Delay.seconds(1)
  /// A third through whom nothing came for so long (or three tick periods) does not reach this peer any more.
  package static let bridgeLife = Delay.milliseconds(300)
  /// Datagrams that one member may have passed on: two packets of the largest size at once, then 1.2 MB a second.
  package static let relaysAtOnce = 116
  package static let relaySpacing = Delay.milliseconds(1)
}
