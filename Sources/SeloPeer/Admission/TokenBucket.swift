package import SeloCrypto
package import SeloWire

/// How often something may happen: one at each spacing on average, and `burst` at once after a pause.
///
/// The state is a single instant, the time at which the bucket will be full again (GCRA, ATM Forum TM 4.0 §4.4.2), so a
/// bucket that was never used costs nothing to have, and no count can overflow.
package struct TokenBucket: Equatable, Sendable {
  package struct Rate: Equatable, Sendable {
    package let spacing: Delay
    package let burst: Int

    package init(burst: Int, spacing: Delay) {
      self.burst = burst
      self.spacing = spacing
    }

    /// `count` a second, all of them at once if need be.
    package static func perSecond(_ count: Int) -> Rate {
      Rate(burst: count, spacing: .nanoseconds(1_000_000_000 / UInt64(max(count, 1))))
    }
  }

  private var full = Instant.zero

  package init() {}

  package func has(_ rate: Rate, at now: Instant) -> Bool {
    full.since(now) <= rate.spacing * UInt64(max(rate.burst - 1, 0))
  }

  /// Takes a token; false when there is none.
  package mutating func take(_ rate: Rate, at now: Instant) -> Bool {
    guard has(rate, at: now) else { return false }
    full = max(full, now) + rate.spacing
    return true
  }

  /// Puts a token back.
  package mutating func giveBack(_ rate: Rate) {
    full = Instant(nanoseconds: full.since(.zero + rate.spacing).nanoseconds)
  }
}

/// One limit for all addresses together and one for each, in memory that never grows.
///
/// Addresses share a fixed number of buckets, by a keyed hash that an outsider cannot aim: now and then two addresses
/// share one bucket, and no flood from spoofed sources makes us remember any of them.
package struct AddressLimit: Equatable, Sendable {
  private let all: TokenBucket.Rate
  private let each: TokenBucket.Rate
  private let key: Secret
  private var total = TokenBucket()
  private var buckets = [TokenBucket](repeating: TokenBucket(), count: Limits.addressBuckets)

  package init(all: TokenBucket.Rate, each: TokenBucket.Rate, key: Secret) {
    self.all = all
    self.each = each
    self.key = key
  }

  /// Whether any address could take a token: the cheapest check of a flood.
  package func hasSome(at now: Instant) -> Bool { total.has(all, at: now) }

  /// Takes a token of the address and one of all; false when either is missing, and then takes none.
  package mutating func take(_ endpoint: Endpoint, at now: Instant) -> Bool {
    let place = place(of: endpoint)
    guard total.has(all, at: now), buckets[place].take(each, at: now) else { return false }
    return total.take(all, at: now)
  }

  package mutating func giveBack(_ endpoint: Endpoint) {
    total.giveBack(all)
    buckets[place(of: endpoint)].giveBack(each)
  }

  private func place(of endpoint: Endpoint) -> Int {
    let hash = Sodium.blake2b([endpoint.family.rawValue] + endpoint.address.bytes, key: key, count: 16)
    return (Int(hash[0]) << 8 | Int(hash[1])) % buckets.count
  }
}
