/// Speculation on a fork, so that one's own messages show at once: the agreed world, one's own messages that are not
/// ordered yet, and a little of the future.
///
///     var prediction = Prediction(of: machine.frozen(), author: ada, authorKey: key)
///     prediction.publish(.increment, authorSequence: 1)
///     prediction.view.root.count  // 1: it shows at once
///
///     let changes = prediction.reconcile(  // when the agreed world has moved on
///       with: machine.frozen(), agreed: machine.drainEvents(), acknowledgedUpTo: 1, leadTo: soon)
///
/// The agreed machine is never touched. Nodes that a predicted turn spawns keep their ids when messages of others are
/// ordered before it (VM rule 16). A value; it lives wherever the view lives.
public struct Prediction<W: World>: Sendable {
  private struct Own: Sendable {
    let message: W.Message
    let authorSequence: UInt64
    /// When the view saw it happen; never before the agreed world's time.
    var time: VirtualTime
  }

  /// How far the speculation may lead the agreed world.
  public let lead: Delay
  /// Who publishes.
  public let author: PeerID
  private let authorKey: UInt64
  private var agreed: Frozen<W>
  private var own: [Own] = []
  private var events = EventReconciler()
  /// The world as the view should show it: what is agreed, then what is predicted.
  public private(set) var view: Frozen<W>

  /// Eight frames of fifty milliseconds: what is rolled back and run again at each reconciliation stays small.
  public static var standardLead: Delay { .milliseconds(400) }
  /// Own messages that are predicted at one time; more have to wait until they come back.
  public static var ownLimit: Int { 256 }

  /// Nothing predicted yet.
  ///
  /// - Parameters:
  ///   - agreed: the world that everybody sees or will see; no external message may wait in it.
  ///   - author: this peer, as the world knows it.
  ///   - authorKey: 64 bits of H(identity ‖ incarnation), as the machine is told it:
  ///     with another one nodes that are spawned in a predicted turn would have other ids.
  ///   - lead: how far the speculation may lead.
  public init(
    of agreed: Frozen<W>, author: PeerID, authorKey: UInt64, lead: Delay = standardLead
  ) {
    self.agreed = agreed
    self.author = author
    self.authorKey = authorKey
    self.lead = lead
    view = agreed
  }

  /// How many own messages have not come back.
  public var unacknowledged: Int { own.count }

  /// An own message that has been handed to the session, with the number it has among the messages of its author, which
  /// ascends. It happens in ``view`` at once, at its time. Returns the events to show. O(turns).
  ///
  /// Beyond ``ownLimit`` it is not predicted, and shows when it comes back.
  @discardableResult
  public mutating func publish(_ message: W.Message, authorSequence: UInt64) -> [EventChange] {
    precondition(own.last.map { authorSequence > $0.authorSequence } ?? true, "author sequence \(authorSequence) twice")
    guard own.count < Self.ownLimit else { return [] }
    own.append(Own(message: message, authorSequence: authorSequence, time: view.now))
    let machine = Machine(from: view)
    deliver(own[own.count - 1], place: UInt32(own.count - 1), to: machine)
    machine.advance(to: view.now)
    view = machine.frozen()
    return events.extend(by: machine.drainEvents())
  }

  /// An own message that the session has refused: it never happens. O(turns of the speculation).
  @discardableResult
  public mutating func retract(authorSequence: UInt64) -> [EventChange] {
    own.removeAll { $0.authorSequence == authorSequence }
    return speculate(agreedEvents: [], to: view.now)
  }

  /// The agreed world has moved on: what was predicted is rolled back, and what has not come back is predicted again on
  /// it. O(turns of the speculation).
  ///
  /// - Parameters:
  ///   - agreed: the agreed world.
  ///   - agreedEvents: what was emitted on the way there since the last call.
  ///   - authorSequence: the newest own message that has happened in it or been refused; all before it have, too.
  ///   - time: how far the view wants to see. More than ``lead`` after the agreed world it is cut.
  /// - Returns: which events to show, confirm and withdraw.
  @discardableResult
  public mutating func reconcile(
    with agreed: Frozen<W>, agreed agreedEvents: [Event] = [], acknowledgedUpTo authorSequence: UInt64,
    leadTo time: VirtualTime
  ) -> [EventChange] {
    self.agreed = agreed
    own.removeAll { $0.authorSequence <= authorSequence }
    return speculate(agreedEvents: agreedEvents, to: time)
  }

  private mutating func speculate(agreedEvents: [Event], to time: VirtualTime) -> [EventChange] {
    let end = min(max(time, agreed.now), agreed.now + lead)
    let machine = Machine(from: agreed)
    for index in own.indices {
      // One that was seen to happen beyond the end happens at it: what the user did never vanishes from view.
      own[index].time = min(max(own[index].time, agreed.now), end)
      deliver(own[index], place: UInt32(index), to: machine)
    }
    machine.advance(to: end)
    view = machine.frozen()
    return events.reconcile(agreed: agreedEvents, speculated: machine.drainEvents())
  }

  /// Behind all that is ordered: no frame has this sequence.
  private func deliver(_ own: Own, place: UInt32, to machine: Machine<W>) {
    machine.external(
      own.message, author: author, authorKey: authorKey, authorSequence: own.authorSequence, at: own.time,
      sequence: .max, place: place)
  }
}
