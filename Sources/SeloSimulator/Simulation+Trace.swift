import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// The trace: one line a step and one an effect, the same bytes for the same options, everywhere.

extension Simulation {
  func note(_ text: String) {
    guard options.traced else { return }
    trace += Array("\(now.nanoseconds) \(text)\n".utf8)
  }

  func note(_ peer: SimulatedPeer<W>, _ mesh: Mesh?, _ input: PeerInput) {
    var line = "\(peer.name) \(word(input))"
    if let mesh {
      line +=
        " | term \(mesh.promise.term.number) received \(mesh.log.received) agreed \(mesh.agreed)"
        + " chain \(hex(mesh.log.head.chain))"
    }
    note(line)
    for effect in effects {
      switch effect {
      case .event(let event): trace += Array("    \(event)\n".utf8)
      case .rejected(let rejection): trace += Array("    rejected \(rejection)\n".utf8)
      case .send(let bytes, let target): trace += Array("    send \(bytes.count) to \(name(of: target))\n".utf8)
      case .announce(let bytes): trace += Array("    announce \(bytes.count)\n".utf8)
      case .published(let sequence): trace += Array("    published \(sequence)\n".utf8)
      case .notPublished(let refusal): trace += Array("    not published: \(refusal)\n".utf8)
      case .connectProbe, .probe, .verify: break
      }
    }
  }

  private func word(_ input: PeerInput) -> String {
    switch input {
    case .datagram(let bytes, let source): "datagram \(bytes.count) from \(name(of: source))"
    case .refused: "refused"
    case .publish: "publish"
    case .verified: "verified"
    case .wake: "wake"
    case .flush: "flush"
    case .leave: "leave"
    case .stepDown: "stepDown"
    case .adopt: "adopt"
    case .decide(let decision): decision.text
    }
  }

  private func name(of endpoint: Endpoint) -> String {
    indices[endpoint].map { peers[$0].name } ?? "nobody"
  }

  private func hex(_ hash: Bytes32) -> String {
    hash.bytes.prefix(4).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
