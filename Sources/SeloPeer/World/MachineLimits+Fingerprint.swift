import SeloCrypto
import SeloVM
import SeloWire

// The machine's limits as the charter knows them.

extension MachineLimits {
  /// H("limits", messages per instant u64 ‖ zero-delay depth u32 ‖ nodes u64 ‖ pending messages u64): peers with
  /// other limits compute other worlds.
  var fingerprint: Bytes32 {
    var writer = ByteWriter(reserving: 28)
    writer.uint64(messagesPerInstant)
    writer.uint32(zeroDelayDepth)
    writer.uint64(UInt64(nodes))
    writer.uint64(UInt64(pendingMessages))
    return Hashing.hash("limits", writer.bytes)
  }
}
