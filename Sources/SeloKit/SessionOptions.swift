public import SeloWire

/// How a peer takes part in a session. The defaults fit a LAN and found nothing.
public struct SessionOptions: Sendable {
  /// Whether a session is made or entered.
  public enum Purpose: Sendable {
    /// Found a session; an error when a listed one of the name answers.
    case found
    /// Join a session; never founds.
    case join
    /// Join the session, or found it when nobody has: of those who start together one founds and the others join it.
    case meet
  }

  /// What a session does when a part of it is cut off from the rest.
  public enum Policy: Sendable {
    /// The world goes on with whoever can be reached.
    case available
    /// The world goes on only with more than half of the voters.
    case majority
  }

  /// Who gives way when the voters' worlds differ and none has more than half of them, as of two voters.
  public enum Yielding: Sendable {
    /// Nobody: it is reported, and all go on.
    case nobodyYields
    /// What the voter computed that is in the session for longest is right; the others fetch a fresh copy of it.
    case youngerYields
  }

  /// Found, join or meet; join is the default, so that nobody founds by mistake.
  public var purpose: Purpose = .join
  /// The peer's name for people; at most 48 bytes.
  public var name = ""
  /// Counts when founding.
  public var policy: Policy = .available
  /// What is done when two worlds differ and nobody can tell whose is right. Counts while this peer reflects, so give
  /// all peers of a session the same.
  public var whenTwoDiffer: Yielding = .nobodyYields
  /// Whether the world of a branch that was left, and evidence of worlds that differ, are kept on disk. The files hold
  /// worlds and messages as they are; only this user may read them.
  public var savesWhatIsLeft = true
  /// How often the world's time moves when nothing is published: 5 to 200 ms. Counts when founding;
  /// ``Session/setTickPeriod(_:)`` changes it later.
  public var tickPeriod: Delay = .milliseconds(20)
  /// Whether the session's name is shown to everybody on the network. Counts when founding.
  public var isListed = false
  /// The network interface to use, by name; nil for SELO_INTERFACE, and without that all of them.
  public var interface: String?
  /// Peers to knock at without multicast, as HOST:PORT.
  public var peers: [String] = []
  /// The UDP port; 0 lets the system choose.
  public var port: UInt16 = 0
  /// The identity file; nil for the first one of this user that is not in use.
  public var identityFile: String?
  /// How long a joiner looks for the session. Who meets founds after it at the latest.
  public var patience: Delay = .seconds(10)

  /// Where identities are; nil for the standard place.
  package var stateDirectory: String?
  /// Where running peers of this machine meet; nil for the standard place.
  package var runDirectory: String?
  /// The UDP port of announcements; peers with another one never meet by multicast. The demo and tests have their own.
  package var discoveryPort: UInt16?
  /// Hears what a person should know and no error is.
  package var note: @Sendable (String) -> Void = { _ in }

  public init() {}

  /// Options that found a session, as a peer of this name.
  public static func founding(as name: String) -> SessionOptions {
    var options = SessionOptions()
    options.purpose = .found
    options.name = name
    return options
  }

  /// Options that join a session or found it, as a peer of this name: all of a group may say the same.
  public static func meeting(as name: String) -> SessionOptions {
    var options = SessionOptions()
    options.purpose = .meet
    options.name = name
    return options
  }

  /// Options that join a session, as a peer of this name.
  public static func joining(as name: String) -> SessionOptions {
    var options = SessionOptions()
    options.name = name
    return options
  }
}
