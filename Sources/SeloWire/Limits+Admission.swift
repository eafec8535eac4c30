// What strangers and joiners may cost us (SECURITY sections 3 and 6).
extension Limits {
  /// A request of the handshake leaves again after 250 ms, then 500 ms, 1 s, 2 s: five times in all.
  package static let firstRetry = Delay.milliseconds(250)
  package static let longestRetry = Delay.seconds(2)
  package static let tries = 5
  /// The key of cookies changes this often; a cookie is good under the current and the previous one.
  package static let cookiePeriod = Delay.seconds(60)
  /// Buckets for addresses: their number is fixed, so that a flood from spoofed sources costs no memory.
  package static let addressBuckets = 256
  /// Wrong guesses of all addresses together: ten at once, then one in five seconds.
  package static let failedGuessesAtOnce = 10
  package static let failedGuessSpacing = Delay.seconds(5)
  /// First messages of pair handshakes whose group operations are done, a second: each costs about 150 µs.
  package static let pairHandshakesPerSecond = 2_000
  /// Bytes of the head that the responder shows a joiner: it shares one datagram with IDENT and charter.
  package static let headBytes = 512
  /// Bytes of a query and of a HELLO: at least as long as their answers, so that neither amplifies.
  package static let queryBytes = 192
  package static let helloBytes = 64
}
