import SeloPeer
import SeloVM
import SeloWire

// The network: it loses, doubles, delays and reorders, and closed ports refuse.

extension Simulation {
  func send(_ bytes: [UInt8], from peer: SimulatedPeer<W>, to target: Endpoint) {
    if let what = nonces.check(bytes, from: peer.index, life: peer.life, to: target) {
      violate("NoncesAreFresh", "\(peer.name): \(what)")
    }
    guard let receiver = peers.first(where: { $0.endpoint == target }) else { return }
    if chance.happens(weather.lossPermyriad) { return count("loss") }
    deliver(bytes, from: peer, to: receiver)
    if chance.happens(weather.duplicationPermyriad) {
      count("duplication")
      deliver(bytes, from: peer, to: receiver)
    }
  }

  private func deliver(_ bytes: [UInt8], from peer: SimulatedPeer<W>, to receiver: SimulatedPeer<W>) {
    var delay = weather.delayNanoseconds / 2 + chance.below(weather.delayNanoseconds / 2 + 1)
    if delay >= 1_000_000 { count("delay") }
    if chance.happens(weather.reorderingPermyriad) {
      count("reordering")
      delay += chance.below(50_000_000)
    }
    queue.add(
      .datagram(bytes, from: peer.endpoint, to: receiver.index), at: now + Delay(nanoseconds: delay))
  }

  func receive(_ bytes: [UInt8], from source: Endpoint, at index: Int) {
    let peer = peers[index]
    guard peer.isAlive else { return }
    if peer.isPaused {
      // A socket's buffer: 212,992 bytes hold about this many datagrams.
      if peer.inbox.count < 256 { peer.inbox.append((bytes, source)) }
    } else {
      step(index, .datagram(bytes, from: source))
    }
  }

  /// A closed port answers, unless the answer is lost.
  func probe(from peer: SimulatedPeer<W>) {
    guard let endpoint = peer.probed, let target = peers.first(where: { $0.endpoint == endpoint }) else { return }
    if target.isAlive || chance.happens(weather.lossPermyriad) { return }
    queue.add(.refused(endpoint, to: peer.index), at: now + Delay(nanoseconds: weather.delayNanoseconds))
  }

  func count(_ fault: String) { report.faults[fault, default: 0] += 1 }
}
