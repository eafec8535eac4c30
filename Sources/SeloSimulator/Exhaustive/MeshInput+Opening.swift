package import SeloMesh
package import SeloWire

// What stands between a packet and a mesh, where no peer does.

extension MeshInput {
  /// What a peer hands to its mesh when this packet comes from `sender`, once signatures have been checked as `Peer`
  /// does it; nil when nothing is left.
  package static func opening(
    _ packet: Packet, from sender: Member, for mesh: Mesh, notary: some Notary
  ) -> MeshInput? {
    switch packet {
    case .frames(let reign, let frames):
      // Whose sender is no member is not verified: the mesh does not listen to it anyway.
      let isStranger = mesh.contacts[sender] == nil
      let proven = isStranger ? frames : frames.filter { mesh.takes($0, in: reign, from: sender, notary) }
      return proven.isEmpty ? nil : .frames(reign, proven.map(Proven.init(checked:)), from: sender)
    case .envelopes(let reign, let envelopes):
      let proven = envelopes.filter { $0.isSigned(for: mesh.facts.session, notary: notary) }
      return .envelopes(reign, proven.map(Proven.init(checked:)), from: sender)
    default: return .packet(packet, from: sender)
    }
  }
}

extension Mesh {
  /// Whether a frame is signed by who reflects the reign that its packet names. A reign that was handed over out of
  /// sight of this peer is its sender's, as far as can be told.
  fileprivate func takes(
    _ frame: SignedFrame, in reign: Reign, from sender: Member, _ notary: some Notary
  ) -> Bool {
    let signer = reflector(of: reign) ?? sender
    let entry = log.head.rosters.lazy.compactMap { $0.roster[signer] }.first
    guard let entry else { return false }
    return frame.isSigned(by: entry.identity, for: facts.session, notary: notary)
  }
}
