/// Why Selo could not do what it was asked, in three parts: what happened, why, what to do.
///
/// The `code` is stable and meant for programs; the texts are meant for people and may change.
public struct SessionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of error it is; stable, and each has an exit code.
  public enum Code: String, Sendable, CaseIterable {
    /// Nobody answered: no session was heard and no given address spoke.
    case nobody
    /// Sessions were heard, but none has this name and passphrase.
    case notAdmitted
    /// The session refused this peer.
    case denied
    /// The session runs another world, or another version of it.
    case otherWorld
    /// A session of this name exists already.
    case alreadyThere
    /// A newer run of the same identity took this one's place.
    case replaced
    /// The peer is not, or no longer, a caught-up member.
    case notMember
    /// Spectators read; they do not publish.
    case spectator
    /// The message has more bytes than one message may have.
    case messageTooLarge
    /// The message is none that this world accepts.
    case messageRefused
    /// Too much is under way; try again when some of it is ordered.
    case backPressure
    /// The session has ended.
    case ended
    /// The named network interface is missing, or there is none at all.
    case noInterface
    /// Another program holds the UDP port.
    case portInUse
    /// What a host decided does not stand in the agreed log after some seconds; it may come all the same.
    case undecided
    /// The operating system refused a socket.
    case network
    /// A passphrase is missing, too short or too long.
    case passphrase
    /// A file is not there or may not be read.
    case unreadableFile
    /// A file is there and its content is not what it should be.
    case badFile
    /// A file or directory could not be made, or is not safe to use.
    case unsafeFile
    /// No peer of this user is running here.
    case noPeerHere
    /// The running peer did not answer as it should.
    case control
    /// The arguments make no sense together.
    case usage
    /// This machine lacks what Selo needs.
    case unavailable
    /// The world computes otherwise here than its golden log says.
    case selfTest
  }

  /// The kind, for programs.
  public let code: Code
  /// What happened: one sentence.
  public let what: String
  /// Why it happened, as far as can be told.
  public let why: String
  /// What to do about it.
  public let remedy: String

  /// An error in its three parts; `remedy` is what a person can do or type.
  public init(_ code: Code, _ what: String, why: String, remedy: String) {
    self.code = code
    self.what = what
    self.why = why
    self.remedy = remedy
  }

  /// The exit code of the command line (sysexits.h, as far as it fits).
  public var exitCode: Int32 {
    switch code {
    case .messageTooLarge, .messageRefused, .badFile: 65
    case .unreadableFile: 66
    case .nobody, .noPeerHere, .unavailable: 69
    case .portInUse, .unsafeFile, .alreadyThere: 73
    case .network, .control: 74
    case .notMember, .backPressure, .ended, .undecided: 75
    case .otherWorld, .replaced: 76
    case .notAdmitted, .denied, .spectator: 77
    case .noInterface, .passphrase: 78
    case .selfTest: 70
    case .usage: 64
    }
  }

  public var description: String { "\(what)\n  \(why)\n  Try: \(remedy)" }
}
