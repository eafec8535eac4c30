package import SeloCrypto
import SeloMesh
package import SeloPeer
package import SeloVM
package import SeloWire

/// Everything a shell needs to run one peer, gathered off the event loop.
package struct ShellPlan<W: World>: Sendable {
  package var session: String
  package var purpose: PeerOptions.Purpose
  package var keys: IdentityKeys
  package var passwordSecret: Secret
  package var incarnation: Incarnation
  package var options: SessionOptions
  package var interfaces: [NetworkInterface]
  package var given: [Endpoint]
  package var discoveryPort: UInt16
  package var run: RunDirectory
  package var words: WorldWords<W>?
  /// Where branches that were left and evidence go; nil: nowhere.
  package var saved: SavedFiles?

  var author: Author { Author(identity: keys.identity, incarnation: incarnation) }

  /// What the peer is told; `port` is known when the socket is bound.
  func peerOptions(port: UInt16) -> PeerOptions {
    var peer = PeerOptions(
      purpose: purpose, sessionName: session, passwordSecret: passwordSecret, keys: keys, entropy: Sodium.randomSeed(),
      incarnation: incarnation, name: options.name, port: port)
    peer.policy = options.policy == .majority ? .majority : .available
    peer.tickPeriod = options.tickPeriod
    peer.yielding = options.whenTwoDiffer == .youngerYields ? .younger : .nobody
    peer.listed = options.isListed
    peer.given = given
    peer.patience = options.patience
    peer.listening = interfaces.allSatisfy(\.isLoopback) ? .milliseconds(300) : .seconds(1)
    return peer
  }
}
