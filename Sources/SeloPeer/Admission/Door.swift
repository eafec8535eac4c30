package import SeloCrypto
package import SeloWire

/// What a door asks of its peer.
package enum DoorEffect: Equatable, Sendable {
  case send([UInt8], Endpoint)
  /// Somebody holds the passphrase: a channel, who it is, and what it wishes. Whether it may stay is decided elsewhere.
  case admitted(Arrival)
  case rejected(DoorRejection)
}

/// Who came in.
package struct Arrival: Equatable, Sendable {
  package let channel: Channel
  package let endpoint: Endpoint
  /// Genuine, and bound to the static key of this channel.
  package let ident: IdentBytes
  package let wish: Wish
}

/// Why a datagram at the door had no effect. A stranger is never told.
package enum DoorRejection: Error, Equatable, Sendable, CaseIterable {
  /// No such datagram: length, version, padding, or a field with a value it cannot have.
  case malformed
  /// For another session.
  case otherSession
  /// By a credential that this door does not take, or the door is closed.
  case closed
  case tooManyHellos
  /// A cookie of another address, port, nonce or session, or too old.
  case badCookie
  case tooManyExchanges
  case tooManyPending
  /// A share that is no element of the group, or our own.
  case badPoint
  /// No join in progress has this handle at this address.
  case unknownHandle
  case tooManyGuesses
  /// A failed Noise 1. The join is forgotten.
  case wrongPassphrase
  /// A message that does not fit this join; the join goes on.
  case notAuthentic
  /// IDENT is not genuine, or for another static key; or the wish is malformed. The join is forgotten.
  case badIdent
}

/// The responder of a join (SECURITY section 3): stateless until a cookie came back, silent to who does not hold the
/// passphrase, and bounded in everything a stranger can cause.
///
///     HELLO → COOKIE          no state
///     A     → B               a guest: exchanged
///     Noise 1 → Noise 2       answered            a failed Noise 1: the guest is forgotten
///     Noise 3 → .admitted     the guest is handed over
///
/// Checks come in the order of their cost: type and length, cookie, limits, group operations.
package struct Door: Equatable, Sendable {
  private let charter: Charter
  private let session: SessionID
  private let credential: Credential
  /// PRS of the session (Argon2id of passphrase and name); nil closes the door, after a kick until a host sets a new
  /// one.
  package var password: Secret?
  private let cookieKey: Secret
  private var hellos: AddressLimit
  private var exchanges: AddressLimit
  private var guesses: AddressLimit
  private var guests: [Guest] = []

  /// How many passphrases were tried in vain, for status and log.
  package private(set) var failedGuesses: UInt64 = 0
  /// How many password exchanges were computed: each costs three group operations.
  package private(set) var exchangesComputed: UInt64 = 0

  package init(charter: Charter, credential: Credential, password: Secret?, _ entropy: inout Entropy) {
    self.charter = charter
    session = charter.session
    self.credential = credential
    self.password = password
    cookieKey = entropy.secret(32)
    hellos = AddressLimit(
      all: .perSecond(Limits.hellosPerSecond), each: .perSecond(Limits.hellosPerSecondPerAddress),
      key: entropy.secret(32))
    exchanges = AddressLimit(
      all: .perSecond(Limits.exchangesPerSecond), each: .perSecond(Limits.exchangesPerSecondPerAddress),
      key: entropy.secret(32))
    guesses = AddressLimit(
      all: .init(burst: Limits.failedGuessesAtOnce, spacing: Limits.failedGuessSpacing),
      each: .init(
        burst: Limits.failedGuessesPerMinute, spacing: .milliseconds(60_000 / UInt64(Limits.failedGuessesPerMinute))),
      key: entropy.secret(32))
  }

  /// Joins in progress.
  package var pending: Int { guests.count }

  /// When the oldest join in progress is forgotten.
  package var deadline: Instant? { guests.lazy.map(\.expiry).min() }

  /// Forgets joins that took too long.
  package mutating func wake(at now: Instant) { guests.removeAll { guest in now >= guest.expiry } }

  /// Takes a datagram of kind hello, exchange, noise1 or noise3; `head` is what the joiner shall be shown of the log.
  package mutating func step(
    _ datagram: [UInt8], from endpoint: Endpoint, at now: Instant, head: [UInt8], _ entropy: inout Entropy,
    into effects: inout [DoorEffect]
  ) {
    precondition(head.count <= Limits.headBytes, "head of \(head.count) bytes")
    wake(at: now)
    do throws(DoorRejection) {
      switch DatagramKind(of: datagram) {
      case .hello: effects.append(.send(try answer(hello: datagram, endpoint, now), endpoint))
      case .exchange: effects.append(.send(try answer(exchange: datagram, endpoint, now, &entropy), endpoint))
      case .noise1: effects.append(.send(try answer(noise1: datagram, endpoint, now, head, &entropy), endpoint))
      case .noise3: effects.append(.admitted(try admit(noise3: datagram, endpoint)))
      default: throw .malformed
      }
    } catch {
      effects.append(.rejected(error))
    }
  }

  /// HELLO → COOKIE: one keyed hash, no state.
  private mutating func answer(
    hello datagram: [UInt8], _ endpoint: Endpoint, _ now: Instant
  ) throws(DoorRejection) -> [UInt8] {
    guard hellos.hasSome(at: now) else { throw .tooManyHellos }
    guard let hello = try? Hello(datagram: datagram) else { throw .malformed }
    try checkOpen(hello)
    guard hellos.take(endpoint, at: now) else { throw .tooManyHellos }
    return Cookie(nonce: hello.nonce, cookie: cookie(hello, endpoint, epoch(now))).datagram
  }

  /// A → B: from here on the initiator receives at its address, and the exchange costs group operations.
  private mutating func answer(
    exchange datagram: [UInt8], _ endpoint: Endpoint, _ now: Instant, _ entropy: inout Entropy
  ) throws(DoorRejection) -> [UInt8] {
    guard let exchange = try? Exchange(datagram: datagram) else { throw .malformed }
    let password = try checkOpen(exchange.hello)
    let epochs = [epoch(now), epoch(now) &- 1]
    guard epochs.contains(where: { Sodium.areEqual(cookie(exchange.hello, endpoint, $0).bytes, exchange.cookie.bytes) })
    else { throw .badCookie }
    if let guest = guests.first(where: { $0.endpoint == endpoint && $0.exchange == exchange }) {
      return guest.exchanged.datagram
    }
    let neighbours = guests.count { $0.endpoint.address == endpoint.address }
    guard guests.count < Limits.joinsPending, neighbours < Limits.joinsPendingPerAddress else {
      throw .tooManyPending
    }
    guard exchanges.take(endpoint, at: now) else { throw .tooManyExchanges }
    exchangesComputed += 1
    guard
      let guest = Guest(
        exchange, endpoint, handle: freshHandle(&entropy), password, credential, expiry: now + Limits.joinPatience,
        &entropy)
    else { throw .badPoint }
    guests.append(guest)
    return guest.exchanged.datagram
  }

  /// Noise 1 → Noise 2. Whether the tag fits is the guess; a refused one costs the guest its place.
  private mutating func answer(
    noise1 datagram: [UInt8], _ endpoint: Endpoint, _ now: Instant, _ head: [UInt8], _ entropy: inout Entropy
  ) throws(DoorRejection) -> [UInt8] {
    guard let received = try? NoiseDatagram(datagram: datagram, .noise1) else { throw .malformed }
    let place = try place(of: received.handle, endpoint)
    if let answer = try guests[place].answer(again: datagram) { return answer }
    guard guesses.take(endpoint, at: now) else { throw .tooManyGuesses }
    guard
      let answer = guests[place].answer(datagram, received.message, showing: charter, head, credential.ident, &entropy)
    else {
      guests.remove(at: place)
      failedGuesses += 1
      throw .wrongPassphrase
    }
    guesses.giveBack(endpoint)
    return answer
  }

  /// Noise 3 → the guest is in.
  private mutating func admit(noise3 datagram: [UInt8], _ endpoint: Endpoint) throws(DoorRejection) -> Arrival {
    guard let received = try? NoiseDatagram(datagram: datagram, .noise3) else { throw .malformed }
    let place = try place(of: received.handle, endpoint)
    do throws(DoorRejection) {
      let arrival = try guests[place].arrival(received.message, session)
      guests.remove(at: place)
      exchanges.giveBack(endpoint)
      return arrival
    } catch {
      if error == .badIdent { guests.remove(at: place) }
      throw error
    }
  }

  @discardableResult
  private func checkOpen(_ hello: Hello) throws(DoorRejection) -> Secret {
    guard hello.session == session else { throw .otherSession }
    guard hello.mode == .passphrase, let password else { throw .closed }
    return password
  }

  private func place(of handle: UInt32, _ endpoint: Endpoint) throws(DoorRejection) -> Int {
    guard let place = guests.firstIndex(where: { $0.exchanged.handle == handle && $0.endpoint == endpoint }) else {
      throw .unknownHandle
    }
    return place
  }

  private func freshHandle(_ entropy: inout Entropy) -> UInt32 {
    var handle = entropy.uint32()
    while guests.contains(where: { $0.exchanged.handle == handle }) { handle = entropy.uint32() }
    return handle
  }

  private func epoch(_ now: Instant) -> UInt64 { now.nanoseconds / Limits.cookiePeriod.nanoseconds }

  /// KDF(S_t, "cookie", address ‖ port ‖ session ‖ nonce, 16). S_t is derived from the number of its minute.
  private func cookie(_ hello: Hello, _ endpoint: Endpoint, _ epoch: UInt64) -> Bytes16 {
    var writer = ByteWriter(reserving: 64)
    writer.uint64(epoch)
    let key = Hashing.derive(cookieKey, "cookie/minute", writer.bytes)
    writer.removeAll()
    endpoint.write(to: &writer)
    writer.raw(hello.session.bytes.bytes)
    writer.raw(hello.nonce.bytes)
    return Bytes16(Hashing.authenticate(key, "cookie", writer.bytes, count: 16))
  }
}
