import SeloVM

/// Those who look at a session: views take the newest state and skip, listeners take every event they have room for.
struct Observers<W: World> {
  private var views: [Int: AsyncStream<Frozen<W>>.Continuation] = [:]
  private var listeners: [Int: AsyncStream<SessionEvent>.Continuation] = [:]
  private var next = 0
  private var isFinished = false

  /// Events that a slow listener may leave unread; beyond, the oldest go.
  static var unreadEvents: Int { 1_024 }

  var hasViews: Bool { !views.isEmpty }

  mutating func add(_ view: AsyncStream<Frozen<W>>.Continuation, showing world: Frozen<W>?) -> Int {
    next += 1
    if let world { view.yield(world) }
    if isFinished { view.finish() } else { views[next] = view }
    return next
  }

  mutating func add(_ listener: AsyncStream<SessionEvent>.Continuation) -> Int {
    next += 1
    if isFinished { listener.finish() } else { listeners[next] = listener }
    return next
  }

  mutating func remove(_ number: Int) {
    views.removeValue(forKey: number)
    listeners.removeValue(forKey: number)
  }

  func yield(_ world: Frozen<W>) { for view in views.values { view.yield(world) } }

  func yield(_ event: SessionEvent) { for listener in listeners.values { listener.yield(event) } }

  mutating func finish(_ error: SessionError?) {
    isFinished = true
    yield(.ended(error))
    for view in views.values { view.finish() }
    for listener in listeners.values { listener.finish() }
    views = [:]
    listeners = [:]
  }
}
