import CSodium

/// libsodium as Selo sees it: typed, one-shot, total. The only room that calls it: one file for each of its crafts.
///
/// Nothing here decides anything; what to hash, sign or seal under which key stands in the files that call it. Sizes
/// that the types cannot promise are checked, and a wrong one gives an empty or refused result, never a read out of
/// bounds.
/// The streaming state of `crypto_generichash` wants aligned memory behind an opaque pointer: one-shot calls only.
package enum Sodium {
  /// libsodium has chosen its implementations and found a source of chance; without it the shell does not start a peer.
  package static let isReady: Bool = sodium_init() >= 0

  package static let tagBytes = 16

  // MARK: Comparison and chance

  /// Compares tags in constant time.
  package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
  }

  /// 32 bytes of the system's chance: the shell makes one seed of a peer's `Entropy` from it. Cores never call it.
  package static func randomSeed() -> Secret {
    _ = isReady
    return Secret(count: 32) { target in
      if let start = target.baseAddress { randombytes_buf(start, target.count) }
    }
  }

  // MARK: Memory

  /// An array of `count` bytes that `fill` writes in place.
  static func output(_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      written = count
    }
  }

  /// Memory on the stack that is zeroed afterwards.
  static func withScratch(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: max(count, 1), alignment: 16) { whole in
      body(UnsafeMutableRawBufferPointer(rebasing: whole[..<count]))
      if let start = whole.baseAddress { sodium_memzero(start, whole.count) }
    }
  }
}

// An empty buffer may have no address; libsodium then reads and writes nothing, but its headers ask for one.
extension UnsafeRawBufferPointer {
  var words: UnsafePointer<UInt8> {
    (baseAddress ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)
  }
}

extension UnsafeMutableRawBufferPointer {
  var words: UnsafeMutablePointer<UInt8> {
    (baseAddress ?? UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)
  }
}
