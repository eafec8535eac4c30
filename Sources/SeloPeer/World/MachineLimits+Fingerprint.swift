import SeloCrypto
import SeloVM
import SeloWire

// The machine's limits as the charter knows them.

extension MachineLimits {
  /// H("limits", messages per instant u64 ‖ zero-delay depth u32): peers with other limits compute other worlds.
  var fingerprint: Bytes32 {
    var writer = ByteWriter(reserving: 12)
    writer.uint64(messagesPerInstant)
    writer.uint32(zeroDelayDepth)
    return Hashing.hash("limits", writer.bytes)
  }
}
