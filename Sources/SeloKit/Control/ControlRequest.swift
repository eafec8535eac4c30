package import SeloWire

/// One line of JSON to a running peer: what is asked of it.
package struct ControlRequest: Codable, Equatable, Sendable {
  package enum Command: String, Codable, CaseIterable, Sendable {
    /// Where the peer stands: `SessionStatus`.
    case status
    /// A stream of `SessionStatus`, one whenever it changed, at most ten a second.
    case watch
    /// Publishes the message that `words` say; answered when it is agreed: `PublishReport`.
    case publish
    /// The world in lines: `InspectReport`.
    case inspect
    /// What this peer learned to be agreed, and the messages in it by author: `AuditReport`.
    case audit
    /// Leaves gracefully; answered when the peer has left.
    case leave
    /// The reflector hands its duty over and stays: `StepDownReport`, when another one reflects.
    case stepDown = "step_down"
    /// The branch that this peer reflects becomes the trunk: `AdoptReport`, when that is agreed.
    case adopt
    /// The member that `words` name is put out and its identity banned: `KickReport`, when that is agreed.
    case kick
    /// The session's tick period is `nanoseconds` from here on: `TickReport`, when that is agreed.
    case tick
  }

  package var command: Command
  /// The message to publish, word by word.
  package var words: [String]?
  /// Of the audit: only ticks above this one.
  package var after: UInt64?
  /// Of the audit: the digest of the world at this agreed tick, if it is one of the newest.
  package var at: UInt64?
  /// Of the tick: its period.
  package var nanoseconds: UInt64?

  package init(
    _ command: Command, words: [String]? = nil, after: UInt64? = nil, at: UInt64? = nil, nanoseconds: UInt64? = nil
  ) {
    self.command = command
    self.words = words
    self.after = after
    self.at = at
    self.nanoseconds = nanoseconds
  }

  /// Bytes of one request line: more than any message in words needs.
  package static let lineBytes = 64 * 1_024
}

/// An error as it travels on the control socket.
package struct ErrorReport: Codable, Equatable, Sendable {
  package var schema = "selo.error/1"
  package let code: String
  package let what: String
  package let why: String
  package let remedy: String
  package let exitCode: Int32

  package init(_ error: SessionError) {
    code = error.code.rawValue
    what = error.what
    why = error.why
    remedy = error.remedy
    exitCode = error.exitCode
  }

  package var error: SessionError {
    SessionError(SessionError.Code(rawValue: code) ?? .control, what, why: why, remedy: remedy)
  }
}

/// The answer to `publish`: the message is agreed.
package struct PublishReport: Codable, Equatable, Sendable {
  package var schema = "selo.publish/1"
  package let sequence: UInt64
  package let tick: UInt64

  package init(_ receipt: Receipt) {
    sequence = receipt.sequence
    tick = receipt.tick
  }
}

/// The answer to `inspect`: the world at the received tick, in the order that the world gives its lines.
package struct InspectReport: Codable, Equatable, Sendable {
  package struct Line: Codable, Equatable, Sendable {
    package let path: String
    package let value: String
  }

  package var schema = "selo.inspect/1"
  package let world: String
  package let virtualSeconds: Double
  package let digest: String
  package let lines: [Line]

  package init(world: String, virtualSeconds: Double, digest: String, lines: [(path: String, value: String)]) {
    self.world = world
    self.virtualSeconds = virtualSeconds
    self.digest = digest
    self.lines = lines.map { Line(path: $0.path, value: $0.value) }
  }
}

/// The answer to `step_down`: who reflects now.
package struct StepDownReport: Codable, Equatable, Sendable {
  package var schema = "selo.step-down/1"
  package let reflector: String
  package let term: UInt32

  package init(reflector: String, term: UInt32) {
    self.reflector = reflector
    self.term = term
  }
}

/// The answer to `adopt`: the branch is the trunk.
package struct AdoptReport: Codable, Equatable, Sendable {
  package var schema = "selo.adopt/1"
  package let tick: UInt64

  package init(tick: UInt64) { self.tick = tick }
}

/// The answer to `kick`: the member is out, as the agreed log says.
package struct KickReport: Codable, Equatable, Sendable {
  package var schema = "selo.kick/1"
  /// The host that said so.
  package let by: String

  package init(by name: String) { by = name }
}

/// The answer to `tick`: the period is in force.
package struct TickReport: Codable, Equatable, Sendable {
  package var schema = "selo.tick/1"
  package let periodMilliseconds: Double

  package init(_ period: Delay) { periodMilliseconds = Double(period.nanoseconds) / 1e6 }
}

/// The answer to `leave`: the peer is out.
package struct LeaveReport: Codable, Equatable, Sendable {
  package var schema = "selo.leave/1"
  package var left = true

  package init() {}
}
