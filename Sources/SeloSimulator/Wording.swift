package import SeloMesh
package import SeloWire

// Protocol values as short text, for transcripts and traces. Members are their ids, a term is number.elected+hand-over.

extension Packet {
  /// The packet's name, as in PROTOCOL.
  package var word: String {
    switch self {
    case .frames: "frames"
    case .envelopes: "envelopes"
    case .ack: "ack"
    case .progress: "progress"
    case .repair: "repair"
    case .suspect: "suspect"
    case .joinTerm: "joinTerm"
    case .term: "term"
    case .fenced: "fenced"
    case .fetch: "fetch"
    case .staged: "staged"
    case .hail: "hail"
    case .admit: "admit"
    case .welcome: "welcome"
    case .deny: "deny"
    case .leave: "leave"
    case .removed: "removed"
    case .kick: "kick"
    case .tick: "tick"
    case .snapshotWanted: "snapshotWanted"
    case .snapshotOffer: "snapshotOffer"
    case .chunksWanted: "chunksWanted"
    case .chunk: "chunk"
    case .statementWanted: "statementWanted"
    case .statement: "statement"
    case .evidence: "evidence"
    case .question: "question"
    case .answer: "answer"
    case .relay: "relay"
    case .relayed: "relayed"
    case .unheard: "unheard"
    }
  }

  package var text: String {
    switch self {
    case .frames(let reign, let frames), .staged(let reign, let frames):
      "\(word) \(reign.text) [\(frames.map(\.text).joined(separator: ", "))]"
    case .envelopes(let reign, let envelopes): "\(word) \(reign.text) [\(envelopes.text)]"
    case .ack(let reign, let received, let vote):
      "\(word) \(reign.text) received \(received)" + (vote.map { " votes at \($0.sequence)" } ?? "")
    case .progress(let reign, let agreed, let final): "\(word) \(reign.text) agreed \(agreed) final \(final)"
    case .repair(let reign, let first, let count): "\(word) \(reign.text) \(first)+\(count)"
    case .suspect(let reign, let received, let reason): "\(word) \(reign.text) received \(received) \(reason)"
    case .joinTerm(let signed): "\(word) \(signed.text)"
    case .term(let start):
      "\(word) \(start.frame.text) promised by \(start.promises.map { "\($0.promise.member.id.value)" }.joined(separator: " "))"
    case .fenced(let reign), .hail(let reign): "\(word) \(reign.text)"
    case .fetch(let next, let first, let through): "\(word) \(next.text) \(first)...\(through)"
    case .admit(let entry): "\(word) \(entry.name)"
    case .removed: word
    case .kick(let identity): "\(word) \(identity.short)"
    case .tick(let period): "\(word) \(period.milliseconds)"
    case .evidence(let one, let other): "\(word) \(one.text) and \(other.text)"
    case .welcome(let member, let reign): "\(word) \(member.id.value) \(reign.text)"
    case .deny(let reason): "\(word) \(reason)"
    case .relay(let member, let datagram), .relayed(let member, _, let datagram):
      "\(word) \(member.id.value) \(datagram.count) bytes"
    case .unheard(let third): word + (third.map { " through \($0.id.value)" } ?? "")
    case .leave, .snapshotWanted, .snapshotOffer, .chunksWanted, .chunk, .statementWanted, .statement, .question,
      .answer:
      word
    }
  }
}

extension Term {
  package var text: String { "\(number).\(elected.id.value)" + (handover > 0 ? "+\(handover)" : "") }
}

extension Reign {
  /// The term; on a branch behind two digits of the lineage's name.
  package var text: String { term.text }
}

extension SignedJoinTerm {
  var text: String {
    "\(promise.next.text) by \(promise.member.id.value): \(promise.received) of \(promise.lastNormal.text)"
      + " agreed \(promise.agreed) final \(promise.final)"
  }
}

extension SignedFrame {
  package var text: String {
    "\(sequence)·\(frame.reign.text) \(frame.body.text) \(frame.agreed)/\(frame.final)"
  }
}

extension Frame.Body {
  var text: String {
    switch self {
    case .idle: "idle"
    case .messages(let envelopes): "(\(envelopes.text))"
    case .term: "term"
    case .roster(let change): change.text
    case .handover(let successor): "handover \(successor.id.value)"
    case .branch(_, let sequence, let ids):
      "branch at \(sequence) of \(ids.map { "\($0.value)" }.joined(separator: " "))"
    case .adopt: "adopt"
    case .mark: "mark"
    case .verdict(_, _, _, let members): "verdict against \(members.map { "\($0.value)" }.joined(separator: " "))"
    case .tick(let period): "tick \(period.milliseconds)"
    case .dissent(_, let votes): "dissent of \(votes.map { "\($0.id.value)" }.joined(separator: " "))"
    }
  }
}

extension [SignedEnvelope] {
  var text: String {
    map(\.envelope).map { envelope in
      let messages = envelope.messages.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
      return "\(envelope.first)\(envelope.last > envelope.first ? "-\(envelope.last)" : ""):\(messages)"
    }.joined(separator: " ")
  }
}

extension RosterChange {
  var text: String {
    let parts =
      dropped.map { "-\($0.value)" } + standings.map { "\($0.id.value)=\($0.standing)" }
      + added.map { "+\($0.id.value)=\($0.standing)" } + banned.map { "bans \($0.short)" }
    return "roster v\(version) \(parts.joined(separator: " "))"
  }
}

extension Decision {
  package var text: String {
    switch self {
    case .kick(let identity): "decide to kick \(identity.short)"
    case .tick(let period): "decide to tick every \(period.milliseconds)"
    }
  }
}

extension Identity {
  /// The first four bytes of the key.
  fileprivate var short: String {
    key.bytes.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension Delay {
  fileprivate var milliseconds: String { "\(nanoseconds / 1_000_000) ms" }
}

extension Roster {
  package var text: String {
    "v\(version) " + entries.map { "\($0.id.value)=\($0.standing)" }.joined(separator: " ")
  }
}

extension MeshInput {
  package var text: String {
    switch self {
    case .packet(let packet, let sender): "\(packet.text) from \(sender.id.value)"
    case .frames(let reign, let frames, let sender):
      "\(Packet.frames(reign, frames.map(\.value)).text) from \(sender.id.value)"
    case .envelopes(let reign, let envelopes, let sender):
      "\(Packet.envelopes(reign, envelopes.map(\.value)).text) from \(sender.id.value)"
    case .publish(let message): "publish \(String(decoding: message, as: UTF8.self))"
    case .admit(let entry): "admit \(entry.name)"
    case .reached(let member): "a channel to \(member.id.value) is open"
    case .refused(let member): "refused by \(member.id.value)"
    case .leave: "leave"
    case .stepDown: "step down"
    case .adopt: "adopt"
    case .decide(let decision): decision.text
    case .vote(let vote): "vote at \(vote.sequence)"
    case .wake: "wake"
    case .flush: "flush"
    }
  }
}

extension MeshEffect {
  package var text: String {
    switch self {
    case .send(let packet, let member): "to \(member.id.value): \(packet.text)"
    case .deliver(let frame, let presence):
      "deliver \(frame.text)"
        + presence.map { " \($0.joined ? "joined" : "left") \($0.name)" }.joined()
    case .rollBack(let sequence): "roll back to \(sequence)"
    case .marked(let state): "marked \(state.sequence)"
    case .agreed(let sequence): "agreed \(sequence)"
    case .roster(let roster): "roster \(roster.text)"
    case .reign(let reign, let normal): normal ? "normal in \(reign.text)" : "promised \(reign.text)"
    case .probe(let member): "probe \(member.id.value)"
    case .published(let sequence): "published \(sequence)"
    case .backPressure: "back-pressure"
    case .digestWanted(let sequence): "digest wanted at \(sequence)"
    case .diverged(let own, _, _): "diverged at \(own.sequence)"
    case .evidence(let one, _): "evidence at \(one.sequence)"
    case .undecided(let sequence, _): "undecided at \(sequence)"
    case .branched(let sequence): "branched at \(sequence)"
    case .detached(let reason): "detached: \(reason)"
    case .rejected(let rejection, let sender):
      "rejected \(rejection)" + (sender.map { " from \($0.id.value)" } ?? "")
    }
  }
}

extension Mesh.Phase {
  package var word: String {
    switch self {
    case .following: "following"
    case .suspecting: "suspecting"
    case .joining: "joining"
    case .staging: "staging"
    case .reflecting: "reflecting"
    case .detached: "detached"
    }
  }
}
