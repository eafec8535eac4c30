import SeloMesh
package import SeloWire

// What no honest peer does.

extension Peer {
  /// Says these bytes on the channel to another member, whatever they are: for the liars of the simulator, who are
  /// peers like all others and talk too much besides. Nothing that ships calls it.
  package mutating func utter(_ bytes: [UInt8], to author: Author, into effects: inout [PeerEffect]) {
    guard let sealed = channels.seal(bytes, to: author) else { return }
    for datagram in sealed.datagrams { effects.append(.send(datagram, to: sealed.endpoint)) }
  }
}
