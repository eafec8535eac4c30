package import SeloCrypto
package import SeloMesh
package import SeloWire

/// What a knock asks of its peer.
package enum KnockEffect: Equatable, Sendable {
  case send([UInt8], Endpoint)
  /// The responder holds the passphrase too, and showed what it is. Noise 3 is repeated until ``Knock/confirm()``.
  case admitted(Entry)
  case failed(KnockFailure)
  case rejected(KnockRejection)
}

/// What lies behind the door.
package struct Entry: Equatable, Sendable {
  package let channel: Channel
  package let endpoint: Endpoint
  /// Genuine, and bound to the static key of this channel.
  package let ident: IdentBytes
  /// Its hash is the session that was asked for.
  package let charter: Charter
  package let head: [UInt8]
}

package enum KnockFailure: Equatable, Sendable, CaseIterable {
  /// No cookie: nobody there.
  case silence
  /// A cookie, but no exchange: the door is busy.
  case noAnswerToExchange
  /// No answer to Noise 1: wrong passphrase.
  case noAnswerToNoise1
  /// The responder holds the passphrase but showed a charter of another session.
  case otherCharter
  /// The responder's IDENT is not genuine, or for another static key; or it speaks in a way we do not know.
  case badIdent
  /// Let in, but nothing ever came over the channel.
  case noWelcome
  /// The responder's lineage is no better than the one that the knock comes from, or worse than the one that was lost.
  case notBetter
  /// Neither lineage is better: two trunks, or two foundings with messages.
  case rival
}

/// Which lineages a knock enters.
package enum Threshold: Equatable, Sendable {
  case none
  /// Only one that beats the lineage which the knock comes from.
  case above(LineageClaim)
  /// That lineage itself, which was lost, or one that beats it.
  case notBelow(LineageClaim)

  fileprivate func failure(of other: LineageClaim) -> KnockFailure? {
    switch self {
    case .none: nil
    case .above(let claim):
      switch claim.ranking(against: other) {
      case .loses: nil
      case .same, .wins: .notBetter
      case .rival: .rival
      }
    case .notBelow(let claim):
      switch claim.ranking(against: other) {
      case .loses, .same: nil
      case .wins, .rival: .notBetter
      }
    }
  }
}

/// Why a datagram had no effect on a knock.
package enum KnockRejection: Equatable, Sendable, CaseIterable {
  case malformed
  /// Not from where we knocked.
  case otherSource
  /// A datagram of another phase, nonce or handle: late, repeated, or not for us.
  case unexpected
  /// A share that is no element of the group, or our own sent back.
  case badPoint
  /// A tag that does not fit.
  case notAuthentic
}

/// The initiator of a join (SECURITY section 3).
///
///     greeting    HELLO →          ← COOKIE
///     exchanging  A →              ← B
///     proving     Noise 1 →        ← Noise 2     .admitted
///     confirming  Noise 3 →        ← anything that opens on the channel: confirm()
///     ended
///
/// Every request leaves again, byte for byte, until its answer came or five tries went unanswered. What does not fit is
/// rejected and changes nothing, so that a forger has to be believed before it can hinder.
package struct Knock: Equatable, Sendable {
  private enum Phase: Equatable, Sendable {
    case greeting(Retry)
    case exchanging(Exchange, PasswordExchange, Retry)
    case proving(HandshakeState, remoteHandle: UInt32, Retry)
    case confirming(Retry)
    case ended
  }

  package let endpoint: Endpoint
  package let session: SessionID
  private let credential: Credential
  private let password: Secret
  private let wish: Wish
  private let threshold: Threshold
  /// Names the channel here; unique among this peer's channels.
  package let localIndex: UInt32
  private let hello: Hello
  private var phase: Phase

  /// Begins at once; `password` is PRS, `localIndex` is unused among the peer's channels.
  package init(
    at endpoint: Endpoint, session: SessionID, credential: Credential, password: Secret, wish: Wish,
    threshold: Threshold = .none, localIndex: UInt32, now: Instant, _ entropy: inout Entropy,
    into effects: inout [KnockEffect]
  ) {
    self.endpoint = endpoint
    self.session = session
    self.credential = credential
    self.password = password
    self.wish = wish
    self.threshold = threshold
    self.localIndex = localIndex
    hello = Hello(mode: .passphrase, session: session, nonce: Bytes16(entropy.bytes(16)))
    phase = .greeting(Retry(hello.datagram, at: now))
    effects.append(.send(hello.datagram, endpoint))
  }

  /// When ``wake(at:into:)`` has something to do; nil when the knock has ended.
  package var deadline: Instant? {
    switch phase {
    case .greeting(let retry), .exchanging(_, _, let retry), .proving(_, _, let retry), .confirming(let retry):
      retry.deadline
    case .ended: nil
    }
  }

  package var hasEnded: Bool { phase == .ended }

  /// Something authentic came over the channel: the responder has Noise 3.
  package mutating func confirm() {
    if case .confirming = phase { phase = .ended }
  }

  /// Repeats the request of this phase, or gives up.
  package mutating func wake(at now: Instant, into effects: inout [KnockEffect]) {
    switch phase {
    case .greeting(var retry):
      guard repeats(&retry, now, .silence, &effects) else { return }
      phase = .greeting(retry)
    case .exchanging(let exchange, let own, var retry):
      guard repeats(&retry, now, .noAnswerToExchange, &effects) else { return }
      phase = .exchanging(exchange, own, retry)
    case .proving(let handshake, let remoteHandle, var retry):
      guard repeats(&retry, now, .noAnswerToNoise1, &effects) else { return }
      phase = .proving(handshake, remoteHandle: remoteHandle, retry)
    case .confirming(var retry):
      guard repeats(&retry, now, .noWelcome, &effects) else { return }
      phase = .confirming(retry)
    case .ended: break
    }
  }

  /// Takes a datagram of kind cookie, exchanged or noise2.
  package mutating func step(
    _ datagram: [UInt8], from source: Endpoint, at now: Instant, _ entropy: inout Entropy,
    into effects: inout [KnockEffect]
  ) {
    guard source == endpoint else { return effects.append(.rejected(.otherSource)) }
    do {
      switch DatagramKind(of: datagram) {
      case .cookie: try step(cookie: Cookie(datagram: datagram), now, &entropy, &effects)
      case .exchanged: try step(exchanged: Exchanged(datagram: datagram), now, &entropy, &effects)
      case .noise2: try step(noise2: NoiseDatagram(datagram: datagram, .noise2), now, &entropy, &effects)
      default: effects.append(.rejected(.malformed))
      }
    } catch let error as NoiseError {
      effects.append(.rejected(error == .truncated ? .malformed : .notAuthentic))
    } catch {
      effects.append(.rejected(.malformed))
    }
  }

  /// COOKIE: send A.
  private mutating func step(
    cookie: Cookie, _ now: Instant, _ entropy: inout Entropy, _ effects: inout [KnockEffect]
  ) throws {
    guard case .greeting = phase, cookie.nonce == hello.nonce else { return effects.append(.rejected(.unexpected)) }
    guard let own = Introduction.passwordExchange(.initiator, password, hello, data: [], &entropy) else {
      return effects.append(.rejected(.badPoint))
    }
    let exchange = Exchange(hello: hello, cookie: cookie.cookie, share: own.share)
    phase = .exchanging(exchange, own, Retry(exchange.datagram, at: now))
    effects.append(.send(exchange.datagram, endpoint))
  }

  /// B: send Noise 1, which carries the name of the channel here.
  private mutating func step(
    exchanged: Exchanged, _ now: Instant, _ entropy: inout Entropy, _ effects: inout [KnockEffect]
  ) throws {
    guard case .exchanging(let exchange, let own, _) = phase, exchanged.initiatorNonce == hello.nonce else {
      return effects.append(.rejected(.unexpected))
    }
    guard let key = own.key(with: exchanged.share, data: exchanged.responderNonce.bytes) else {
      return effects.append(.rejected(.badPoint))
    }
    var handshake = try HandshakeState(
      .xxPsk0, .initiator, prologue: Introduction.prologue(exchange, exchanged), ownStatic: credential.staticKey,
      psks: [Introduction.psk(key, hello, exchanged)])
    var writer = ByteWriter(reserving: 4)
    writer.uint32(localIndex)
    let first = NoiseDatagram(handle: exchanged.handle, message: try handshake.write(writer.bytes, &entropy))
      .datagram(.noise1)
    phase = .proving(handshake, remoteHandle: exchanged.handle, Retry(first, at: now))
    effects.append(.send(first, endpoint))
  }

  /// Noise 2: the responder holds the passphrase. Only then, and only if it is genuine, it learns who we are.
  private mutating func step(
    noise2: NoiseDatagram, _ now: Instant, _ entropy: inout Entropy, _ effects: inout [KnockEffect]
  ) throws {
    guard case .proving(var handshake, let remoteHandle, _) = phase, noise2.handle == localIndex else {
      return effects.append(.rejected(.unexpected))
    }
    let payload = try handshake.read(noise2.message)
    guard let (ident, charter, head) = try? Self.parsed(payload), ident.staticKey == handshake.remoteStatic,
      ident.isGenuine(in: session)
    else { return fail(.badIdent, &effects) }
    guard charter.session == session else { return fail(.otherCharter, &effects) }
    if threshold != .none {
      var reader = ByteReader(head)
      guard let claim = try? LineageClaim(reading: &reader) else { return fail(.badIdent, &effects) }
      if let failure = threshold.failure(of: claim) { return fail(failure, &effects) }
    }
    var writer = ByteWriter(reserving: 256)
    credential.ident.write(to: &writer)
    wish.write(to: &writer)
    let third = NoiseDatagram(handle: remoteHandle, message: try handshake.write(writer.bytes, &entropy))
      .datagram(.noise3)
    guard let channel = Channel(handshake, localIndex: localIndex, remoteIndex: remoteHandle) else { return }
    phase = .confirming(Retry(third, at: now))
    effects.append(.send(third, endpoint))
    effects.append(
      .admitted(Entry(channel: channel, endpoint: endpoint, ident: ident, charter: charter, head: head)))
  }

  private static func parsed(_ payload: [UInt8]) throws(DecodeError) -> (IdentBytes, Charter, [UInt8]) {
    var reader = ByteReader(payload)
    let ident = try IdentBytes(reading: &reader)
    let charter = try Charter(reading: &reader)
    let head = try reader.data(limit: Limits.headBytes)
    try reader.finish()
    return (ident, charter, head)
  }

  private mutating func repeats(
    _ retry: inout Retry, _ now: Instant, _ failure: KnockFailure, _ effects: inout [KnockEffect]
  ) -> Bool {
    switch retry.due(at: now) {
    case .later: break
    case .again(let request): effects.append(.send(request, endpoint))
    case .never:
      fail(failure, &effects)
      return false
    }
    return true
  }

  private mutating func fail(_ failure: KnockFailure, _ effects: inout [KnockEffect]) {
    phase = .ended
    effects.append(.failed(failure))
  }
}
