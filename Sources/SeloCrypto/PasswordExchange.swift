package import SeloWire

/// CPace (draft-irtf-cfrg-cpace, CPACE-RISTR255-SHA512): a password becomes a strong key, with one guess an exchange.
///
/// A listener learns nothing about the password, and who plays a side tests exactly one guess, online. That is why the
/// passphrase goes through here before it becomes a psk of Noise.
package struct PasswordExchange: Equatable, Sendable {
  package enum Role: Equatable, Sendable { case initiator, responder }

  private let role: Role
  private let session: [UInt8]
  private let scalar: Secret
  /// Y: what this side sends.
  package let share: Bytes32
  /// AD: what this side binds besides; both sides know it.
  private let data: [UInt8]

  /// `password` is PRS, `channel` is CI (both ends as both know them), `session` is sid: fresh for each exchange.
  package init?(
    _ role: Role, password: Secret, channel: [UInt8], session: [UInt8], data: [UInt8] = [], _ entropy: inout Entropy
  ) {
    guard let scalar = Sodium.ristrettoScalar(fromUniform: entropy.secret(64)) else { return nil }
    self.init(role, password: password, channel: channel, session: session, data: data, scalar: scalar)
  }

  /// With a given scalar, as the published vectors have it.
  package init?(
    _ role: Role, password: Secret, channel: [UInt8], session: [UInt8], data: [UInt8], scalar: Secret
  ) {
    guard let generator = Self.generator(password: password, channel: channel, session: session),
      let share = Sodium.ristretto(scalar, times: generator)
    else { return nil }
    self.role = role
    self.session = session
    self.scalar = scalar
    self.share = Bytes32(share.exposed())
    self.data = data
  }

  /// ISK, 64 bytes; nil when the other's share is no point, the identity, or our own sent back.
  ///
  /// CPace §7.2 and §7.3 (initiator-responder): ISK = SHA512(lv_cat(DSI_ISK, sid, K) ‖ lv_cat(Ya, ADa) ‖ lv_cat(Yb,
  /// ADb)).
  package func key(with otherShare: Bytes32, data otherData: [UInt8] = []) -> Secret? {
    guard otherShare != share, let point = Sodium.ristretto(scalar, times: Secret(otherShare.bytes)) else { return nil }
    let own = Self.prefixed(share.bytes) + Self.prefixed(data)
    let other = Self.prefixed(otherShare.bytes) + Self.prefixed(otherData)
    return Sodium.sha512([
      .open(Self.prefixed(Array("CPaceRistretto255_ISK".utf8)) + Self.prefixed(session) + Self.length(point.count)),
      .secret(point), .open(role == .initiator ? own + other : other + own),
    ])
  }

  /// CPace §7.1: g = map(SHA512(lv_cat(DSI, PRS, zero padding to the hash's block, CI, sid))).
  static func generator(password: Secret, channel: [UInt8], session: [UInt8]) -> Secret? {
    let domain = prefixed(Array("CPaceRistretto255".utf8))
    let zeros = max(0, 128 - 1 - Self.length(password.count).count - password.count - domain.count)
    let uniform = Sodium.sha512([
      .open(domain + length(password.count)), .secret(password),
      .open(prefixed(Array(repeating: 0, count: zeros)) + prefixed(channel) + prefixed(session)),
    ])
    return Sodium.ristretto(fromUniform: uniform)
  }

  /// prepend_len: bytes behind their length.
  private static func prefixed(_ bytes: [UInt8]) -> [UInt8] { length(bytes.count) + bytes }

  /// LEB128, as the draft writes lengths.
  private static func length(_ count: Int) -> [UInt8] {
    var rest = UInt64(count)
    var bytes: [UInt8] = []
    repeat {
      let low = UInt8(truncatingIfNeeded: rest & 0x7F)
      rest >>= 7
      bytes.append(rest == 0 ? low : low | 0x80)
    } while rest > 0
    return bytes
  }
}
