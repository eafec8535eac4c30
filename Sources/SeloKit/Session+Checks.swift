import SeloCrypto
import SeloPeer
import SeloVM
import SeloWire

// What is checked and made before a peer starts.

extension Session {
  static func identity(_ options: SessionOptions) throws(SessionError) -> IdentityStore.Held {
    if let file = options.identityFile { return try IdentityStore.take(file: file) }
    let store = options.stateDirectory.map(IdentityStore.init) ?? .standard(Environment.current)
    let held = try store.take()
    if held.slot > 1 { options.note("another peer of yours runs, so this one speaks as \(held.path)") }
    return held
  }

  /// Gathers what a shell needs. It blocks, for the resolver and for the passphrase.
  static func plan(
    _ name: String, _ secret: SessionSecret, _ options: SessionOptions, _ keys: IdentityKeys, _ words: WorldWords<W>?
  ) throws(SessionError) -> ShellPlan<W> {
    let environment = Environment.current
    let interface = options.interface ?? environment["SELO_INTERFACE"].flatMap { $0.isEmpty ? nil : $0 }
    let interfaces = try NetworkInterface.chosen(interface)
    var given: [Endpoint] = []
    for peer in options.peers { given += try Endpoint.resolved(peer) }
    let session = try checked(name)
    let identities = options.stateDirectory.map(IdentityStore.init) ?? .standard(environment)
    return ShellPlan(
      session: session, purpose: purpose(options), keys: keys,
      passwordSecret: try stretched(secret, session), incarnation: freshIncarnation(), options: try checked(options),
      interfaces: interfaces, given: given,
      discoveryPort: options.discoveryPort ?? environment["SELO_DISCOVERY_PORT"].flatMap(UInt16.init)
        ?? Multicast.standardPort,
      run: options.runDirectory.map(RunDirectory.init) ?? .standard(environment), words: words,
      saved: options.savesWhatIsLeft ? .beside(identities) : nil)
  }

  private static func purpose(_ options: SessionOptions) -> PeerOptions.Purpose {
    switch options.purpose {
    case .found: .found
    case .join: .join
    case .meet: .meet
    }
  }

  /// Replays the world's golden log, if it carries one: a peer whose world computes otherwise must not vote (VM rule
  /// 31). Before any socket is open, so that a short replay delays nobody else.
  static func proveWorld() throws(SessionError) {
    do throws(GoldenLogError) {
      try Machine<W>.selfTest()
    } catch {
      throw SessionError(
        .selfTest, "The world \(W.name) computes otherwise here than where its golden log was recorded.",
        why: "\(error)",
        remedy: "run the build of the others; who changed the world's rules records its golden log anew")
    }
  }

  /// A session's name: 1 to 48 bytes of printable text.
  static func checked(_ name: String) throws(SessionError) -> String {
    let size = name.utf8.count
    if (1...Limits.sessionNameBytes).contains(size), name.isPrintable { return name }
    throw SessionError(
      .usage, "\"\(name.filter { !$0.isNewline })\" is no name for a session.",
      why: "A name has 1 to \(Limits.sessionNameBytes) bytes of text without control characters; this one has \(size).",
      remedy: "choose another name")
  }

  static func checked(_ options: SessionOptions) throws(SessionError) -> SessionOptions {
    let size = options.name.utf8.count
    guard size <= Limits.nameBytes, options.name.isPrintable else {
      throw SessionError(
        .usage, "the name of this peer cannot be used.",
        why: "A name has at most \(Limits.nameBytes) bytes of text without control characters.", remedy: "--name ada")
    }
    guard (.milliseconds(5) ... .milliseconds(200)).contains(options.tickPeriod) else {
      throw SessionError(
        .usage, "a tick period of \(options.tickPeriod.nanoseconds / 1_000_000) ms cannot be used.",
        why: "The world's time moves every 5 to 200 ms.", remedy: "--tick-period 20ms")
    }
    return options
  }

  /// About 100 ms of a processor, on purpose: it makes guessing passphrases slow.
  static func stretched(_ secret: SessionSecret, _ name: String) throws(SessionError) -> Secret {
    do {
      return try secret.passphrase.stretched(for: name)
    } catch {
      throw SessionError(
        .unavailable, "the passphrase could not be stretched.",
        why: "That takes 64 MiB of memory, which this machine lacks.",
        remedy: "stop other programs, or raise the memory limit of the container")
    }
  }

  /// Milliseconds since 1970 in the upper 48 bits, chance below: newer runs have larger numbers.
  static func freshIncarnation() -> Incarnation {
    Incarnation(Clock.wallMilliseconds() << 16 | UInt64(UInt16.random(in: 0 ... .max)))
  }
}
