import SeloWire

/// A term has started on a log that is not all here: what is missing is fetched, and nobody sees it before it is whole.
package struct Staging: Hashable, Sendable {
  let start: TermStart
  var fetch: Fetch
  /// The elected reflector fell silent while we were staging.
  var suspects = false
  var nextWord: Instant

  init(start: TermStart, fetch: Fetch, at now: Instant) {
    self.start = start
    self.fetch = fetch
    nextWord = now
  }

  func deadline(_ detector: FailureDetector) -> Instant {
    [fetch.deadline, suspects ? nextWord : detector.suspicionTime].compactMap { $0 }.min() ?? nextWord
  }
}
