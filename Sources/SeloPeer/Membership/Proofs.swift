import SeloMesh
import SeloWire

/// Packets whose signatures are being checked. A packet goes on when all of its signatures are good, else not at all.
struct Proofs {
  private struct Pending {
    let ticket: UInt64
    let input: MeshInput
    var unanswered: Int
  }

  private var pending: [Pending] = []
  private var next: UInt64 = 1

  /// Holds `input` until the checks made from `claims` are answered; nil when too much is held already.
  mutating func hold(_ input: MeshInput, claims: [Claim], session: SessionID) -> [Verification]? {
    guard pending.count < Limits.framesAhead else { return nil }
    let ticket = next
    next += 1
    pending.append(Pending(ticket: ticket, input: input, unanswered: claims.count))
    return claims.map { claim in
      Verification(
        ticket: ticket, signature: claim.signature, label: claim.label, bytes: claim.bytes, identity: claim.identity,
        session: session)
    }
  }

  /// One answer; the input when it was the last and all were good.
  mutating func answer(_ ticket: UInt64, valid: Bool) -> MeshInput? {
    guard let index = pending.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    guard valid else {
      pending.remove(at: index)
      return nil
    }
    pending[index].unanswered -= 1
    return pending[index].unanswered == 0 ? pending.remove(at: index).input : nil
  }

  /// Who is said to have signed what.
  struct Claim {
    let signature: Signature
    let label: SignatureLabel
    let bytes: [UInt8]
    let identity: Identity

    init(_ frame: SignedFrame, by identity: Identity) {
      signature = frame.signature
      label = .frame
      bytes = frame.bytes
      self.identity = identity
    }

    init(_ envelope: SignedEnvelope) {
      signature = envelope.signature
      label = .envelope
      bytes = envelope.bytes
      identity = envelope.envelope.author.identity
    }
  }
}
