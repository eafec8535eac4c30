import SeloCrypto
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

/// One process of the simulation: an identity for good, and a peer while it is alive.
final class SimulatedPeer<W: World> {
  let index: Int
  let endpoint: Endpoint
  let keys: IdentityKeys
  let notary: GlassNotary
  /// Counts the runs of the process; what was planned for an earlier one is void.
  private(set) var life: UInt64 = 0
  private(set) var isAlive = false
  private var peer: Peer<W>?
  /// The deadline that is planned.
  var planned: Instant?
  /// Where its probe socket is connected to.
  var probed: Endpoint?
  var published: UInt64 = 0
  /// Stopped, with what waits in its socket's buffer.
  var isPaused = false
  var inbox: [(bytes: [UInt8], source: Endpoint)] = []
  /// What the laws saw last.
  var seen: (member: Member, received: UInt64)?
  /// The last order it took part in, kept when it dies.
  private(set) var buried: [Mesh] = []

  init(index: Int, keys: IdentityKeys) {
    self.index = index
    self.keys = keys
    notary = GlassNotary(identity: keys.identity)
    endpoint = Endpoint(
      family: .v4, address: Bytes16([10, 0, UInt8(index / 250), UInt8(index % 250 + 1)]), port: 47_000)
  }

  var name: String { "peer-\(index)" }

  func start(_ options: PeerOptions, at now: Instant) {
    life += 1
    isAlive = true
    isPaused = false
    inbox = []
    seen = nil
    planned = nil
    probed = nil
    peer = Peer(options, at: now)
  }

  func crash() {
    isAlive = false
    bury()
    peer = nil
    planned = nil
  }

  /// Keeps what this process held when it left a session.
  func bury() {
    if let mesh = peer?.mesh { buried.append(mesh) }
    if buried.count > 4 { buried.removeFirst() }
  }

  var deadline: Instant? { peer?.deadline }
  var status: PeerStatus? { peer?.status }
  var phase: PeerPhase? { peer?.currentPhase }
  var mesh: Mesh? { peer?.mesh }
  var member: Member? { peer?.mesh?.facts.me }
  var isReflector: Bool { peer?.mesh?.isReflector ?? false }
  var isAwake: Bool { isAlive && !isPaused }
  var digest: Digest? { peer?.agreedWorld?.digest() }

  /// Steps the core as the shell does: the input, then the checks it asked for, then a flush.
  func step(_ input: PeerInput, at now: Instant, into effects: inout [PeerEffect]) {
    peer?.step(input, at: now, notary: notary, into: &effects)
    verify(from: 0, at: now, &effects)
    let flushed = effects.count
    peer?.step(.flush, at: now, notary: notary, into: &effects)
    verify(from: flushed, at: now, &effects)
  }

  private func verify(from start: Int, at now: Instant, _ effects: inout [PeerEffect]) {
    var index = start
    while index < effects.count {
      if case .verify(let verification) = effects[index] {
        peer?.step(.verified(verification, verification.check(notary)), at: now, notary: notary, into: &effects)
      }
      index += 1
    }
  }
}
