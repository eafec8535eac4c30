import SeloWire

/// How one member is heard and spoken to (PROTOCOL section 5, "Relay"). Every word takes the direct way; copies go
/// through a third member while the other says that nothing comes on the direct way. Which way a word took is seen here
/// only: order and failover know nothing of it.
struct Path: Equatable {
  /// How a copy goes.
  enum Detour: Equatable {
    /// Through this third, who reaches the other.
    case through(Member)
    /// Through anybody, each time somebody else: nobody knows yet who reaches the other.
    case inTurn(Int)
  }

  /// What a word that leaves brings along.
  struct Speech: Equatable {
    var detour: Detour?
    /// Whether the other is to be told that nothing of it comes on the direct way.
    var saysUnheard = false
  }

  /// What the other said when nothing came to it on the direct way.
  private struct Call: Equatable {
    let through: Member?
    let until: Instant
  }

  /// A third through whom a word came that had not come on the direct way.
  private struct Bridge: Equatable {
    let third: Member
    var heard: Instant
  }

  /// When a word last came on the direct way.
  private var heard: Instant?
  /// Since when this peer has been speaking without hearing anything on the direct way, and when it last spoke.
  private var speakingSince: Instant?
  private var spoke = Instant.zero
  private var bridge: Bridge?
  private var call: Call?
  private var nextUnheard = Instant.zero
  private var nextTurn = Instant.zero
  private var turn = 0

  /// A word came on the direct way.
  mutating func hear(at now: Instant) {
    heard = now
    speakingSince = nil
    bridge = nil
  }

  /// A word came through a third, before it came on the direct way if it ever does. The first third that reaches this
  /// peer is kept as long as it does.
  mutating func hear(through third: Member, at now: Instant, tick: Delay) {
    if bridge(at: now, tick: tick) == nil {
      bridge = Bridge(third: third, heard: now)
      nextUnheard = now
    }
    if bridge?.third == third { bridge?.heard = now }
  }

  /// The other says that nothing of this peer comes to it on the direct way.
  mutating func hearUnheard(through third: Member?, at now: Instant) {
    call = Call(through: third, until: now + Limits.unheardLife)
  }

  /// The handshake itself came through this third: so must the first words.
  mutating func begin(through third: Member, at now: Instant) {
    bridge = Bridge(third: third, heard: now)
    hearUnheard(through: third, at: now)
  }

  /// A word leaves.
  mutating func speak(at now: Instant, tick: Delay) -> Speech {
    if now.since(spoke) > Limits.relayTrust { speakingSince = nil }
    spoke = now
    let since = speakingSince ?? now
    speakingSince = since
    var speech = Speech(detour: detour(at: now))
    if now.since(since) >= max(Limits.relaySilence, tick * 3), nextUnheard <= now {
      nextUnheard = now + Limits.unheardSpacing
      speech.saysUnheard = true
    }
    return speech
  }

  /// How the word that says so goes: it must arrive where nothing else does.
  mutating func detourOfUnheard(at now: Instant) -> Detour {
    if let third = call(at: now)?.through { return .through(third) }
    return .inTurn(nextInTurn())
  }

  /// Through whom words of the other come.
  func bridge(at now: Instant, tick: Delay) -> Member? {
    guard let bridge, now.since(bridge.heard) < max(Limits.bridgeLife, tick * 3) else { return nil }
    return bridge.third
  }

  /// Whether the direct way carried something lately.
  func isDirect(at now: Instant) -> Bool { heard.map { now.since($0) < Limits.relayTrust } ?? false }

  /// How a copy goes, if one is needed at this moment.
  mutating func detour(at now: Instant) -> Detour? {
    guard let call = call(at: now) else { return nil }
    if let third = call.through { return .through(third) }
    guard nextTurn <= now else { return nil }
    nextTurn = now + Limits.detourSpacing
    return .inTurn(nextInTurn())
  }

  private func call(at now: Instant) -> Call? { call.flatMap { now < $0.until ? $0 : nil } }

  private mutating func nextInTurn() -> Int {
    turn += 1
    return turn
  }
}
