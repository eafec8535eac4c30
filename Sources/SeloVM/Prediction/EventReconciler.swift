/// What a view has to do about an event (VM rule 24).
public enum EventChange: Sendable {
  /// Present it: it has not been presented before. Until it is confirmed it may be withdrawn.
  case shown(Event)
  /// It is part of the agreed world for ever; what is told of it may differ from what was shown. Follows its
  /// ``shown(_:)``.
  case confirmed(Event)
  /// It never happened: take back what was presented.
  case withdrawn(Event)

  /// The event it is about.
  public var event: Event {
    switch self {
    case .shown(let event), .confirmed(let event), .withdrawn(let event): event
    }
  }
}

/// Tells a view which events of stretches that are run again are new, which are confirmed, and which never happened.
///
/// An event is named by its cause and its place among those of its turn, which are the same on every peer and in every
/// fork. So the same event is presented once, however often its turn is run.
///
///     var reconciler = EventReconciler()
///     for change in reconciler.reconcile(agreed: machine.drainEvents(), speculated: fork.drainEvents()) { … }
///
/// It holds what is shown and not confirmed: as much as one speculation emits.
public struct EventReconciler: Sendable {
  /// What is shown and may still be withdrawn, in the order of the speculation.
  private var tentative: [Event] = []

  private struct Name: Hashable {
    let cause: UInt64
    let ordinal: UInt32

    init(_ event: Event) {
      cause = event.cause
      ordinal = event.ordinal
    }
  }

  /// One that has shown nothing.
  public init() {}

  /// - Parameters:
  ///   - agreed: what was emitted up to the agreed moment, since the last call.
  ///   - speculated: everything emitted from the agreed moment up to the end of the speculation.
  /// - Returns: what to do, in this order: withdraw, confirm and show what is agreed, show what is speculated.
  ///   O(events).
  public mutating func reconcile(agreed: [Event], speculated: [Event]) -> [EventChange] {
    let agreedNames = Set(agreed.map { Name($0) })
    let speculatedNames = Set(speculated.map { Name($0) })
    let shownNames = Set(tentative.map { Name($0) })
    var changes: [EventChange] = []
    for event in tentative where !agreedNames.contains(Name(event)) && !speculatedNames.contains(Name(event)) {
      changes.append(.withdrawn(event))
    }
    for event in agreed {
      if !shownNames.contains(Name(event)) { changes.append(.shown(event)) }
      changes.append(.confirmed(event))
    }
    for event in speculated where !shownNames.contains(Name(event)) { changes.append(.shown(event)) }
    tentative = speculated
    return changes
  }

  /// Adds events at the end of the speculation, and shows those that are new. O(events).
  mutating func extend(by events: [Event]) -> [EventChange] {
    let shownNames = Set(tentative.map { Name($0) })
    tentative += events
    return events.filter { !shownNames.contains(Name($0)) }.map { .shown($0) }
  }
}
