import SeloCrypto
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

/// One process of the simulation: an identity and a machine's clock for good, and a peer while it is alive.
final class SimulatedPeer<W: World> {
  let index: Int
  let endpoint: Endpoint
  let keys: IdentityKeys
  let name: String
  var clock: SimulatedClock
  let notary: Witness
  /// Counts the runs of the process; what was planned for an earlier one is void.
  private(set) var life: UInt64 = 0
  private(set) var isAlive = false
  var peer: Peer<W>?
  /// The deadline that is planned.
  var planned: Instant?
  /// Where its probe socket is connected to, and where it sent last.
  var probed: Endpoint?
  var lastTarget: Endpoint?
  var published: UInt64 = 0
  /// Stopped, with what waits in its socket's buffer.
  var isPaused = false
  var inbox: [Arrival] = []
  /// Until when its processor starves.
  var starvedUntil: Instant?
  /// How long it takes for a datagram, while it is slow, and when it takes the next.
  var slowness: Delay?
  var isServing = false
  /// When what it has sent so far has left, where the line is narrow.
  var lineFree = Instant.zero
  /// When it last saw an agreed tick.
  var lastAdvance: Instant?
  /// What the laws saw last.
  var seen: (member: Member, received: UInt64)?
  /// How evenly frames come.
  var pulse: Pulse?
  /// What the coverage saw last.
  var watch: Watch?
  /// Words that came to it through others, when the coverage last looked.
  var knownBridged: UInt64 = 0
  /// Whether this run of the process has been a member before.
  var returns = false
  /// In which term number each message was submitted that is not ordered yet.
  var submitted: [UInt64: UInt32] = [:]
  /// When its machine errs, see `Glitch`; from the beginning of that on its world is not judged by what it computes.
  var errs: Range<Instant>?
  /// The last orders it took part in, kept when it dies.
  private(set) var buried: [Mesh] = []

  struct Arrival {
    let bytes: [UInt8]
    let source: Endpoint
  }

  /// Who vouches for bytes: mostly glass, which is faster; else the notary that ships.
  enum Witness {
    case glass(GlassNotary)
    case sodium(SodiumNotary)
  }

  init(index: Int, keys: IdentityKeys, clock: SimulatedClock, signsForGood: Bool) {
    self.index = index
    self.keys = keys
    self.clock = clock
    name = "peer-\(index)"
    notary = signsForGood ? .sodium(SodiumNotary(keys: keys)) : .glass(GlassNotary(identity: keys.identity))
    endpoint = Endpoint(
      family: .v4, address: Bytes16([10, 0, UInt8(index / 250), UInt8(index % 250 + 1)]), port: 47_000)
  }

  func start(_ options: PeerOptions, at now: Instant) {
    life += 1
    isAlive = true
    isPaused = false
    isServing = false
    inbox = []
    submitted = [:]
    returns = false
    seen = nil
    watch = nil
    pulse = nil
    planned = nil
    probed = nil
    lastAdvance = nil
    knownBridged = 0
    peer = Peer(options, at: clock.reading(at: now))
  }

  func crash() {
    isAlive = false
    if let mesh = peer?.mesh { bury(mesh) }
    peer = nil
    planned = nil
    watch = nil
    pulse = nil
  }

  /// Keeps what this process held when it left a session.
  func bury(_ mesh: Mesh) {
    buried.append(mesh)
    if buried.count > 4 { buried.removeFirst() }
  }

  var deadline: Instant? { peer?.deadline }
  var phase: PeerPhase? { peer?.currentPhase }
  var mesh: Mesh? { peer?.mesh }
  var bridged: UInt64 { peer?.bridged ?? 0 }
  var isReflector: Bool { watch?.isReflector ?? false }
  var isAwake: Bool { isAlive && !isPaused }
  /// The newest mark that it holds, and the bytes that a joiner would be given.
  var newestMark: LogState? { peer?.newestMark }
  var markBytes: [UInt8]? { peer?.markBytes }
  var digest: Digest? { peer?.agreedWorld?.digest() }

  /// Steps the core as the shell does: the input, then the checks it asked for, then a flush.
  func step(_ input: PeerInput, at now: Instant, into effects: inout [PeerEffect]) {
    let reading = clock.reading(at: now)
    guard let errs, errs.contains(now) else { return step(input, reading: reading, &effects) }
    Glitch.$isOn.withValue(true) { step(input, reading: reading, &effects) }
  }

  private func step(_ input: PeerInput, reading: Instant, _ effects: inout [PeerEffect]) {
    switch notary {
    case .glass(let notary): step(input, at: reading, notary, &effects)
    case .sodium(let notary): step(input, at: reading, notary, &effects)
    }
  }

  private func step(_ input: PeerInput, at now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    peer?.step(input, at: now, notary: notary, into: &effects)
    verify(from: 0, at: now, notary, &effects)
    let flushed = effects.count
    peer?.step(.flush, at: now, notary: notary, into: &effects)
    verify(from: flushed, at: now, notary, &effects)
  }

  private func verify(from start: Int, at now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    var index = start
    while index < effects.count {
      if case .verify(let verification) = effects[index] {
        peer?.step(.verified(verification, verification.check(notary)), at: now, notary: notary, into: &effects)
      }
      index += 1
    }
  }
}
