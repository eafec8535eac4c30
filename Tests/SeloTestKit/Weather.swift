import SeloMachineKit
import SeloSimulator
package import SeloWire

/// What the network of a harness does to packets. Calm by default: every packet arrives once, after half a millisecond.
package struct Weather: Equatable, Sendable {
  /// In thousandths.
  package var loss: UInt64 = 0
  package var duplication: UInt64 = 0
  package var delay = Delay.microseconds(500)
  /// Drawn for each packet on top of the delay; it is what reorders.
  package var jitter = Delay.zero
  /// In thousandths: how often a packet is held up for up to `hold`.
  package var holding: UInt64 = 0
  package var hold = Delay.zero
  /// Links that carry nothing, one way, by the peers' indices.
  package var cut: [Link] = []

  package struct Link: Equatable, Sendable {
    package let source: Int
    package let target: Int

    package init(_ source: Int, _ target: Int) {
      self.source = source
      self.target = target
    }
  }

  package init() {}

  /// When the copies of one packet arrive; none when it is lost.
  mutating func arrivals(_ link: Link, at now: Instant, _ chance: inout Chance) -> [Instant] {
    if cut.contains(link) || chance.happens(loss) { return [] }
    var copies = [now + delay + drawn(jitter, &chance)]
    if chance.happens(duplication) { copies.append(copies[0] + .microseconds(1) + drawn(jitter, &chance)) }
    if chance.happens(holding) { copies[0] = copies[0] + drawn(hold, &chance) }
    return copies
  }

  private func drawn(_ limit: Delay, _ chance: inout Chance) -> Delay {
    limit == .zero ? .zero : Delay(nanoseconds: chance.below(limit.nanoseconds))
  }
}

/// Loses the next packets that match: how a directed test scripts its network.
package struct Filter: Equatable, Sendable {
  let source: Int?
  let target: Int?
  /// The word of `Packet.word`; nil for all.
  let word: String?
  var remaining: Int

  package init(from source: Int? = nil, to target: Int? = nil, _ word: String? = nil, count: Int = 1) {
    self.source = source
    self.target = target
    self.word = word
    remaining = count
  }

  func matches(_ link: Weather.Link, _ packet: Packet) -> Bool {
    remaining > 0 && (source ?? link.source) == link.source && (target ?? link.target) == link.target
      && (word ?? packet.word) == packet.word
  }
}
