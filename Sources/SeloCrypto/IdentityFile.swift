package import SeloWire

/// Why the bytes of an identity file gave no keys.
package enum IdentityFileError: Error, Equatable, Sendable {
  /// The file does not begin as identity files do.
  case notAnIdentityFile
  /// Written by a newer Selo.
  case unknownVersion(UInt16)
  /// Cut short, too long, or a field has a value it cannot have.
  case malformed
  /// The seed in it does not belong to the identity it names.
  case mismatch
  /// It names costs of Argon2id outside of what we compute.
  case absurdCost
  /// Wrong passphrase, or the file was altered: these cannot be told apart.
  case wrongPassphrase
  /// The system has not the memory the file's parameters ask for.
  case outOfMemory
}

/// Identity keys as bytes, plain or wrapped with a passphrase. Reading and writing the file is the shell's.
///
/// | offset | size | name | meaning |
/// |---|---|---|---|
/// | 0 | 8 | magic | `selo-id\n` |
/// | 8 | 2 | version | 1 |
/// | 10 | 1 | kind | 0 plain, 1 wrapped |
/// | 11 | 1 | zero | |
/// | 12 | 32 | identity | public, so that a wrapped file can be named without its passphrase |
/// | 44 | 32 | seed | plain only; end |
/// | 44 | 4 | passes | wrapped only: Argon2id t, 1…16 |
/// | 48 | 4 | memory | Argon2id in KiB, 8 MiB…1 GiB |
/// | 52 | 16 | salt | |
/// | 68 | 24 | nonce | XChaCha20-Poly1305 |
/// | 92 | 48 | sealed | seed and tag; binds bytes 0..<92 |
package enum IdentityFile: Equatable, Sendable {
  case plain(IdentityKeys)
  case wrapped(WrappedIdentity)

  /// The costs of Argon2id that a new wrapped file names.
  package struct Cost: Equatable, Sendable {
    package let passes: UInt32
    package let kibibytes: UInt32

    package init(passes: UInt32, kibibytes: UInt32) {
      self.passes = passes
      self.kibibytes = kibibytes
    }

    package static let standard = Cost(passes: 3, kibibytes: 64 * 1_024)

    var isSensible: Bool { (1...16).contains(passes) && (8 * 1_024...1_024 * 1_024).contains(kibibytes) }
  }

  private static let magic = Array("selo-id\n".utf8)
  private static let version: UInt16 = 1
  static let headerBytes = 92

  package init(reading bytes: [UInt8]) throws(IdentityFileError) {
    guard bytes.starts(with: Self.magic) else { throw .notAnIdentityFile }
    do {
      self = try Self.parsed(bytes)
    } catch let error as IdentityFileError {
      throw error
    } catch {
      throw .malformed
    }
  }

  /// The bytes of a plain file: they hold the seed.
  package static func plainBytes(of keys: IdentityKeys) -> [UInt8] {
    var writer = opening(kind: 0, keys.identity)
    writer.raw(keys.seed.exposed())
    return writer.bytes
  }

  /// The bytes of a file that needs `passphrase`; slow on purpose.
  package static func wrappedBytes(
    of keys: IdentityKeys, _ passphrase: Passphrase, cost: Cost = .standard, _ entropy: inout Entropy
  ) throws(IdentityFileError) -> [UInt8] {
    guard cost.isSensible else { throw .absurdCost }
    let salt = entropy.bytes(16)
    let nonce = entropy.bytes(24)
    guard let key = passphrase.wrappingKey(salt: salt, passes: cost.passes, kibibytes: cost.kibibytes) else {
      throw .outOfMemory
    }
    var writer = opening(kind: 1, keys.identity)
    writer.uint32(cost.passes)
    writer.uint32(cost.kibibytes)
    writer.raw(salt)
    writer.raw(nonce)
    writer.raw(Sodium.sealFile(keys.seed, binding: writer.bytes, key: key, nonce: nonce))
    return writer.bytes
  }

  private static func opening(kind: UInt8, _ identity: Identity) -> ByteWriter {
    var writer = ByteWriter(reserving: 140)
    writer.raw(magic)
    writer.uint16(version)
    writer.uint8(kind)
    writer.uint8(0)
    writer.raw(identity.key.bytes)
    return writer
  }

  private static func parsed(_ bytes: [UInt8]) throws -> IdentityFile {
    var reader = ByteReader(bytes)
    _ = try reader.take(magic.count)
    let version = try reader.uint16()
    guard version == self.version else { throw IdentityFileError.unknownVersion(version) }
    let kind = try reader.uint8()
    guard try reader.uint8() == 0 else { throw IdentityFileError.malformed }
    let identity = Identity(Bytes32(try reader.raw(32)))
    switch kind {
    case 0:
      let seed = Secret(try reader.raw(32))
      try reader.finish()
      guard let keys = IdentityKeys(seed: seed), keys.identity == identity else { throw IdentityFileError.mismatch }
      return .plain(keys)
    case 1:
      let cost = Cost(passes: try reader.uint32(), kibibytes: try reader.uint32())
      guard cost.isSensible else { throw IdentityFileError.absurdCost }
      let wrapped = WrappedIdentity(
        identity: identity, cost: cost, salt: try reader.raw(16), nonce: try reader.raw(24), sealed: try reader.raw(48),
        header: Array(bytes.prefix(headerBytes)))
      try reader.finish()
      return .wrapped(wrapped)
    default:
      throw IdentityFileError.malformed
    }
  }
}

/// An identity that waits for its passphrase.
package struct WrappedIdentity: Equatable, Sendable {
  package let identity: Identity
  let cost: IdentityFile.Cost
  let salt: [UInt8]
  let nonce: [UInt8]
  let sealed: [UInt8]
  let header: [UInt8]

  /// Slow on purpose.
  package func unwrapped(_ passphrase: Passphrase) throws(IdentityFileError) -> IdentityKeys {
    guard let key = passphrase.wrappingKey(salt: salt, passes: cost.passes, kibibytes: cost.kibibytes) else {
      throw .outOfMemory
    }
    guard let seed = Sodium.openFile(sealed, binding: header, key: key, nonce: nonce) else { throw .wrongPassphrase }
    guard let keys = IdentityKeys(seed: seed), keys.identity == identity else { throw .mismatch }
    return keys
  }
}
