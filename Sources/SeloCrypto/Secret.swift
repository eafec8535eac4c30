import CSodium
import Synchronization

/// Key material: immutable bytes in locked memory, zeroed when the last owner lets go, compared in constant time.
///
/// One of the two classes a core may hold (the other is the machine). It is a class because bytes that move or are
/// copied cannot be zeroed, and it is soundly Sendable because nothing writes to it between `init` and `deinit`. The
/// address is kept as a number for that reason: the compiler can check a `let` number, it could not check a pointer.
package final class Secret: Equatable, Sendable {
  private let address: UInt
  package let count: Int

  /// Fills `count` fresh bytes in place, so that a derived key never lies in ordinary memory.
  init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    self.count = count
    address = SecretArena.shared.withLock { arena in arena.take(count) }
    fill(UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: address), count: count))
  }

  /// Copies bytes that come from outside: a file, a prompt, an authentic packet. The source is the caller's to forget.
  package convenience init(_ bytes: some Collection<UInt8>) {
    self.init(count: bytes.count) { target in target.copyBytes(from: bytes) }
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { sodium_memzero(start, count) }
    SecretArena.shared.withLock { arena in arena.giveBack(address, count) }
  }

  /// Lends the bytes to libsodium.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    // The address is a number to the compiler: without this the secret could end before the call does.
    withExtendedLifetime(self) {
      body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count))
    }
  }

  /// A copy in ordinary memory: only for what has to be sealed into a packet or written to the identity file.
  package func exposed() -> [UInt8] { withBytes { Array($0) } }

  /// The first `count` bytes as a secret of their own.
  func prefix(_ count: Int) -> Secret {
    Secret(count: min(count, self.count)) { target in
      withBytes { source in target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<target.count])) }
    }
  }

  package static func == (left: Secret, right: Secret) -> Bool {
    guard left.count == right.count else { return false }
    if left.address == right.address { return true }
    return left.withBytes { leftBytes in
      right.withBytes { rightBytes in
        guard let first = leftBytes.baseAddress, let second = rightBytes.baseAddress else { return true }
        return sodium_memcmp(first, second, left.count) == 0
      }
    }
  }

  /// Whether every secret so far lies in memory that is never swapped; the shell warns once if not.
  package static var areLocked: Bool { SecretArena.shared.withLock { arena in arena.isLocked } }
}

/// Locked memory of this process, in slots: `sodium_malloc` costs four pages a call, and RLIMIT_MEMLOCK may be 8 MiB.
///
/// A slab of 16 KiB holds 256 keys between two guard pages. Slabs are never returned; slots are reused.
private struct SecretArena: Sendable {
  static let shared = Mutex(SecretArena())

  private static let slabBytes = 16_384
  private static let smallSlot = 64
  private static let largeSlot = 256

  private(set) var isLocked = true
  private var smallSlots: [UInt] = []
  private var largeSlots: [UInt] = []

  mutating func take(_ count: Int) -> UInt {
    if count <= Self.smallSlot {
      if smallSlots.isEmpty { smallSlots = newSlab(of: Self.slabBytes, slot: Self.smallSlot) }
      return smallSlots.removeLast()
    }
    if count <= Self.largeSlot {
      if largeSlots.isEmpty { largeSlots = newSlab(of: Self.slabBytes, slot: Self.largeSlot) }
      return largeSlots.removeLast()
    }
    _ = Sodium.isReady
    return UInt(bitPattern: sodium_malloc(count))
  }

  mutating func giveBack(_ address: UInt, _ count: Int) {
    if count <= Self.smallSlot {
      smallSlots.append(address)
    } else if count <= Self.largeSlot {
      largeSlots.append(address)
    } else {
      sodium_free(UnsafeMutableRawPointer(bitPattern: address))
    }
  }

  private mutating func newSlab(of bytes: Int, slot: Int) -> [UInt] {
    _ = Sodium.isReady
    // sodium_malloc ignores a failure to lock. Where the system refuses guard pages, ordinary memory has to do.
    let start = sodium_malloc(bytes) ?? UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
    if sodium_mlock(start, bytes) != 0 { isLocked = false }
    return stride(from: 0, to: bytes, by: slot).map { offset in UInt(bitPattern: start + offset) }
  }
}
