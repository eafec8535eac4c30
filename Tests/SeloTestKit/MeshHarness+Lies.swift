import SeloMesh
import SeloSimulator
package import SeloWire

// One that lies: with its own key, on its own channels. Its mesh goes on as ever.

extension MeshHarness {
  /// The reflector signs two frames for the next place: one for all, another one for `victim` only.
  package mutating func equivocate(_ index: Int, towards victim: Int) {
    filters.append(Filter(from: index, to: victim, "frames", count: 1))
    let reign = peers[index].mesh.currentReign
    let second = frame(in: reign, .idle, by: index)
    publish("for the others", by: index)
    laws.liars.append(reign)
    depart(Weather.Link(index, victim), Packet.frames(reign, [second]).encoded)
  }

  /// Something that no mesh would say, on the channels of one that lies.
  package mutating func utter(_ packet: Packet, from index: Int, to victims: [Int]) {
    note("lies: \(packet.text)", index)
    for victim in victims { depart(Weather.Link(index, victim), packet.encoded) }
  }

  /// The next term of this peer's lineage, elected: the peer itself, unless another is named.
  package func nextReign(by index: Int, number: UInt32? = nil, elected: Member? = nil) -> Reign {
    let promise = peers[index].mesh.promise
    let term = Term(number: number ?? promise.term.number + 1, elected: elected ?? peers[index].member, handover: 0)
    return Reign(lineage: promise.lineage, term: term)
  }

  /// A frame that this peer signs on top of the log it holds, whoever orders in that reign.
  package func frame(in reign: Reign, _ body: Frame.Body, by index: Int) -> SignedFrame {
    let head = peers[index].mesh.log.head
    let frame = Frame(
      reign: reign, sequence: head.sequence + 1, time: head.time, agreed: head.agreed, final: head.final,
      previous: head.chain, body: body)
    return SignedFrame(frame, session: session, notary: peers[index].notary)
  }

  /// A term that this peer begins, with promises that may be none.
  package func falseTerm(_ reign: Reign, by index: Int, promises: [SignedJoinTerm] = []) -> TermStart {
    let first = frame(in: reign, .term(successors: []), by: index)
    let history = peers[index].mesh.log.head.history + [ReignStart(reign: reign, first: first.sequence)]
    return TermStart(frame: first, history: history, promises: promises)
  }
}
