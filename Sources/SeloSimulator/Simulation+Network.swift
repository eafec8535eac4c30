import SeloPeer
import SeloVM
import SeloWire

// The network: it loses, doubles, delays and reorders, has narrow lines, falls into parts, and closed ports refuse.

extension Simulation {
  func send(_ bytes: [UInt8], from peer: SimulatedPeer<W>, to target: Endpoint) {
    if let what = nonces.check(bytes, from: peer.index, life: peer.life, to: target) {
      violate("NoncesAreFresh", "\(peer.name): \(what)")
    }
    peer.lastTarget = target
    guard let receiver = indices[target] else { return }
    guard let departure = departure(of: bytes.count, from: peer) else { return count("line_full") }
    if partition.cuts(peer.index, receiver) { return count("cut") }
    if chances.loss.happens(weather.lossPermyriad) { return count("loss") }
    deliver(bytes, from: peer, to: receiver, at: departure)
    if chances.duplication.happens(weather.duplicationPermyriad) {
      count("duplication")
      deliver(bytes, from: peer, to: receiver, at: departure)
    }
  }

  /// When a datagram has left over a narrow line; nil when the line's buffer is full.
  private func departure(of bytes: Int, from peer: SimulatedPeer<W>) -> Instant? {
    if weather.bandwidth == 0 { return now }
    let free = max(peer.lineFree, now)
    if free.since(now) > .milliseconds(200) { return nil }
    if free.since(now) > .milliseconds(1) { count("line_waits") }
    // Headers of Ethernet, IP and UDP come on top.
    peer.lineFree = free + Delay(nanoseconds: UInt64(bytes + 46) * 1_000_000_000 / weather.bandwidth)
    return peer.lineFree
  }

  private func deliver(_ bytes: [UInt8], from peer: SimulatedPeer<W>, to receiver: Int, at departure: Instant) {
    let half = weather.delayNanoseconds / 2
    var delay = half + chances.delay.below(half + 1)
    if delay > 100_000 { count("delay") }
    if chances.reordering.happens(weather.reorderingPermyriad) {
      count("reordering")
      delay += chances.reordering.below(UInt64(50_000_000))
    }
    queue.add(.datagram(bytes, from: peer.index, to: receiver), at: departure + Delay(nanoseconds: delay))
  }

  func receive(_ bytes: [UInt8], from source: Int, at index: Int) {
    let peer = peers[index]
    guard peer.isAlive else { return }
    let endpoint = peers[source].endpoint
    if isStarved(peer) { sleep(peer) }
    if peer.isPaused || peer.slowness != nil {
      // A socket's buffer: 212,992 bytes hold about this many datagrams.
      if peer.inbox.count < 256 { peer.inbox.append(SimulatedPeer.Arrival(bytes: bytes, source: endpoint)) }
      if !peer.isPaused { beginServing(peer) }
    } else {
      step(index, .datagram(bytes, from: endpoint))
    }
  }

  /// A closed port answers, unless the answer is lost.
  func probe(from peer: SimulatedPeer<W>) {
    guard let endpoint = peer.probed, let target = indices[endpoint] else { return }
    if partition.cuts(peer.index, target) || partition.cuts(target, peer.index) { return }
    if peers[target].isAlive || chances.loss.happens(weather.lossPermyriad) { return }
    queue.add(.refused(target, to: peer.index), at: now + Delay(nanoseconds: weather.delayNanoseconds))
  }

  func count(_ fault: String) { report.faults[fault, default: 0] += 1 }
}
