import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire
import SeloWorlds
import Testing

@testable import SeloPeer

/// The state diagram of `Peer.swift` and PROTOCOL section 8, arrow by arrow, and every reason for which a peer refuses.
@Suite struct PhaseTests {
  typealias Village = Neighbourhood<Counter>

  private static let drawn: Set = [
    "seeking>entering", "entering>member", "seeking>member", "entering>seeking", "member>seeking", "member>ended",
    "seeking>ended", "entering>ended", "member>quarantined", "quarantined>seeking", "quarantined>ended",
  ]

  private func village() -> Village {
    Village(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
  }

  /// A session of ada, who founded it, and of others.
  private func session(_ names: [String], policy: Policy = .available) -> Village {
    let village = village()
    let ada = village.settle(.found, name: "ada", policy: policy)
    #expect(village.run(until: .seconds(2)) { ada.peer.status.phase == .member })
    for name in names {
      let house = village.settle(.join, name: name, policy: policy)
      #expect(village.run(until: .seconds(10)) { village.areMembers && house.peer.status.phase == .member })
    }
    return village
  }

  @Test func everyArrowIsTakenAndNoOther() {
    var taken: Set<String> = []
    for village in [whoComesAndGoes(), whoseAdmitterDies(), whoIsEvicted(), whoIsNotAdmitted(), whoLeavesBetween()] {
      for house in village.houses { taken.formUnion(house.arrows) }
    }
    for leaves in [false, true] {
      for house in whoseWorldDiffers(leaves: leaves).houses { taken.formUnion(house.arrows) }
    }
    #expect(taken == Self.drawn)
  }

  private func whoseWorldDiffers(leaves: Bool) -> Neighbourhood<Orchard> {
    let village = Neighbourhood<Orchard>(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
    for (index, name) in ["ada", "bo", "cy"].enumerated() {
      village.settle(index == 0 ? .found : .join, name: name)
      let votes = village.run(until: .seconds(10)) {
        village.houses[index].peer.status.members.contains { $0.isMe && $0.standing == .voter }
      }
      #expect(votes, "\(name)")
    }
    let (ada, cy) = (village.houses[0], village.houses[2])
    village.step(ada, .publish(Orchard.Message.plant(1).encoded()))
    _ = village.run(until: .seconds(1))
    cy.errs = true
    village.step(ada, .publish(Orchard.Message.water(0).encoded()))
    _ = village.run(until: .milliseconds(60))
    cy.errs = false
    #expect(village.run(until: .seconds(2)) { cy.peer.currentPhase == .quarantined })
    if leaves { village.step(cy, .leave) }
    let next: PeerPhase = .seeking
    #expect(village.run(until: .seconds(2)) { leaves || cy.events.filter { $0 == .phase(next) }.count == 2 })
    return village
  }

  private func whoComesAndGoes() -> Village {
    let village = session(["bo"])
    village.step(village.houses[1], .leave)
    #expect(village.run(until: .seconds(3)) { village.houses[1].events.contains(.ended(.left)) })
    return village
  }

  private func whoseAdmitterDies() -> Village {
    let village = session([])
    let bo = village.settle(.join, name: "bo")
    #expect(village.run(until: .seconds(5)) { bo.peer.currentPhase == .entering })
    village.cut = [(1, 2)]
    #expect(village.run(until: .seconds(8)) { bo.peer.currentPhase == .seeking })
    return village
  }

  private func whoIsEvicted() -> Village {
    let village = session(["bo", "cy"], policy: .majority)
    let cy = village.houses[2]
    village.cut = [(1, 3), (2, 3)]
    #expect(village.run(until: .seconds(15)) { village.houses[0].peer.status.members.count == 2 })
    village.cut = []
    #expect(village.run(until: .seconds(5)) { cy.events.filter { $0 == .phase(.seeking) }.count == 2 })
    return village
  }

  private func whoIsNotAdmitted() -> Village {
    let village = session([])
    let eve = village.settle(.join, name: "eve", password: Secret(Array(repeating: 8, count: 32)))
    #expect(village.run(until: .seconds(30)) { eve.events.contains(.ended(.notAdmitted)) })
    return village
  }

  private func whoLeavesBetween() -> Village {
    let village = session([])
    let bo = village.settle(.join, name: "bo")
    #expect(village.run(until: .seconds(5)) { bo.peer.currentPhase == .entering })
    village.step(bo, .leave)
    #expect(bo.events.contains(.ended(.left)))
    return village
  }

  // Refusals

  private func word(_ rejection: PeerRejection) -> String {
    switch rejection {
    case .malformed: "malformed"
    case .untimely: "untimely"
    case .unknownChannel: "unknownChannel"
    case .channel: "channel"
    case .badPacket: "badPacket"
    case .badSignature: "badSignature"
    case .unknownSigner: "unknownSigner"
    case .overloaded: "overloaded"
    case .admission: "admission"
    case .relay: "relay"
    case .statement: "statement"
    case .mesh: "mesh"
    }
  }

  /// What a member who lies can provoke, besides what others test: doors and knocks in Admission, relays in
  /// `RelayTests`, statements in `JoiningTests`, the mesh's own in SeloMeshTests.
  @Test func everyReasonToRefuseIsProvoked() throws {
    let village = session(["bo"])
    let (ada, bo) = (village.houses[0], village.houses[1])
    let known = bo.peer.mesh
    let mesh = try #require(known)
    let elsewhere = Endpoint(family: .v4, address: Bytes16([127, 0, 0, 99]), port: 9)
    func say(_ bytes: [UInt8]) {
      for datagram in ada.peer.channels.seal(bytes, to: bo.peer.author)?.datagrams ?? [] {
        village.step(bo, .datagram(datagram, from: ada.endpoint))
      }
    }
    func frame(_ number: UInt64, elected: Member) -> Packet {
      let reign = Reign(lineage: mesh.promise.lineage, term: Term(number: 1, elected: elected, handover: 0))
      let frame = Frame(
        reign: reign, sequence: mesh.log.received + number, time: mesh.log.head.time, agreed: mesh.agreed,
        final: mesh.final, previous: .zero, body: .idle)
      // Signed by bo, who reflects nothing.
      return .frames(reign, [SignedFrame(frame, session: mesh.facts.session, notary: bo.notary)])
    }
    village.step(bo, .datagram([0x10, 9], from: elsewhere))
    village.step(bo, .datagram([0x10, 1, 7, 7, 7, 7] + Array(repeating: 0, count: 60), from: elsewhere))
    let datagrams = ada.peer.channels.seal([], to: bo.peer.author)?.datagrams
    let sealed = try #require(datagrams?.first)
    village.step(bo, .datagram(sealed, from: ada.endpoint))
    village.step(bo, .datagram(sealed, from: ada.endpoint))
    say([99])
    say(frame(1, elected: mesh.promise.term.elected).encoded)
    say(frame(1, elected: Member(id: MemberID(77), incarnation: Incarnation(7))).encoded)
    say(Packet.welcome(mesh.facts.me, mesh.promise).encoded)
    say(Packet.relay(to: mesh.facts.me, sealed).encoded)
    village.step(bo, .datagram([0x03, 1, 9], from: elsewhere))
    // A cookie for one who knocks at no door.
    village.step(bo, .datagram([0x04, 1, 9], from: elsewhere))
    // A shell that never answers what it is asked to check.
    var effects: [PeerEffect] = []
    for number in 0...UInt64(Limits.framesAhead) {
      let bytes = frame(2 + number, elected: mesh.promise.term.elected).encoded
      for datagram in ada.peer.channels.seal(bytes, to: bo.peer.author)?.datagrams ?? [] {
        bo.peer.step(.datagram(datagram, from: ada.endpoint), at: village.now, notary: bo.notary, into: &effects)
      }
    }
    for case .rejected(let rejection) in effects { bo.rejections.append(rejection) }
    let all = [
      "malformed", "untimely", "unknownChannel", "channel", "badPacket", "badSignature", "unknownSigner", "overloaded",
      "admission", "relay", "mesh",
    ]
    #expect(Set(bo.rejections.map(word)) == Set(all))
  }
}
