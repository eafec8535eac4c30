import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// What a liar needs of its process: its own signature under anything, and its own channels. Nobody else's.

extension SimulatedPeer {
  func utter(_ bytes: [UInt8], to author: Author, into effects: inout [PeerEffect]) {
    peer?.utter(bytes, to: author, into: &effects)
  }

  func signed(_ frame: Frame, for session: SessionID) -> SignedFrame {
    switch notary {
    case .glass(let notary): SignedFrame(frame, session: session, notary: notary)
    case .sodium(let notary): SignedFrame(frame, session: session, notary: notary)
    }
  }

  func signed(_ word: JoinTerm, for session: SessionID) -> SignedJoinTerm {
    switch notary {
    case .glass(let notary): SignedJoinTerm(word, session: session, notary: notary)
    case .sodium(let notary): SignedJoinTerm(word, session: session, notary: notary)
    }
  }

  func signed(_ envelope: Envelope, for session: SessionID) -> SignedEnvelope {
    switch notary {
    case .glass(let notary): SignedEnvelope(envelope, session: session, notary: notary)
    case .sodium(let notary): SignedEnvelope(envelope, session: session, notary: notary)
    }
  }
}
