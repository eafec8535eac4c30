package import SeloCrypto
package import SeloWire

/// What a peer is told at its start; everything random or timed comes in here or with a step.
package struct PeerOptions: Sendable {
  package enum Purpose: Equatable, Sendable {
    /// Found a session; ends with `.alreadyThere` when a listed one of this name answers first.
    case found
    /// Join; never founds.
    case join
    /// Join what is there, else found: of those who seek at one time, one founds and the others join it.
    case meet
  }

  package typealias Policy = SeloWire.Policy

  package var purpose: Purpose
  package var sessionName: String
  /// Argon2id of passphrase and session name (SECURITY section 2), computed by the shell before the peer starts.
  package var passwordSecret: Secret
  package var keys: IdentityKeys
  /// Seed of everything random in this peer.
  package var entropy: Secret
  /// Milliseconds since 1970 in the upper 48 bits: newer runs have larger numbers.
  package var incarnation: Incarnation
  /// The peer's name for people.
  package var name: String
  package var policy: Policy = .available
  package var tickPeriod: Delay = .milliseconds(20)
  /// Whether beacons carry the session's name.
  package var listed = false
  /// Addresses to knock at without multicast.
  package var given: [Endpoint] = []
  /// The port of the unicast socket, as beacons announce it.
  package var port: UInt16
  /// How long a joiner looks for sessions before it gives up, and one who may found before it does so all the same.
  package var patience: Delay = .seconds(10)
  /// How long a query listens: 300 ms on loopback, 1 s elsewhere.
  package var listening: Delay = .milliseconds(300)

  package init(
    purpose: Purpose, sessionName: String, passwordSecret: Secret, keys: IdentityKeys, entropy: Secret,
    incarnation: Incarnation, name: String, port: UInt16
  ) {
    self.purpose = purpose
    self.sessionName = sessionName
    self.passwordSecret = passwordSecret
    self.keys = keys
    self.entropy = entropy
    self.incarnation = incarnation
    self.name = name
    self.port = port
  }
}
