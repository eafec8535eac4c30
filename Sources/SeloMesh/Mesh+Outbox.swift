import SeloWire

// The author's side: own messages on their way into the log (PROTOCOL section 3).

extension Mesh {
  mutating func publish(_ message: [UInt8], _ effects: inout [MeshEffect]) {
    if let sequence = outbox.take(message) {
      effects.append(.published(sequence))
    } else {
      effects.append(.backPressure)
    }
  }

  var canPublish: Bool {
    switch phase {
    case .following, .reflecting: log.head.mayPublish(facts.author)
    case .suspecting, .joining, .staging, .detached: false
    }
  }

  var outboxDeadline: Instant? {
    // Mostly nothing is under way: who may publish is asked only then.
    guard outbox.count > 0, canPublish else { return nil }
    let fresh = outbox.hasFresh && outbox.hasWindow(logged: loggedOwn) ? lastSealed + Limits.frameSpacing : nil
    return .earliest(fresh, outbox.deadline(logged: loggedOwn))
  }

  /// Seals what is fresh, at most a thousand times a second, and sends again what has waited too long.
  mutating func sendOutbox(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard outbox.count > 0, canPublish else { return }
    var envelopes = outbox.due(logged: loggedOwn, all: resendAll, at: moment.now)
    resendAll = false
    if outbox.hasFresh, moment.now >= lastSealed + Limits.frameSpacing {
      lastSealed = moment.now
      envelopes += outbox.seal(
        author: facts.author, lineage: promise.lineage, agreed: agreed, chain: log.floor.chain, logged: loggedOwn,
        moment)
    }
    guard !envelopes.isEmpty else { return }
    if case .reflecting = phase {
      for envelope in envelopes { queue(Proven(checked: envelope), from: facts.me, &effects) }
    } else if let reflector {
      for packet in packets(of: envelopes) { effects.append(.send(packet, to: reflector)) }
    }
  }

  /// As many envelopes to a packet as travel in one datagram, so that a lost one costs no other.
  private func packets(of envelopes: [SignedEnvelope]) -> [Packet] {
    var packets: [Packet] = []
    var batch: [SignedEnvelope] = []
    var size = 0
    for envelope in envelopes {
      if size + envelope.encodedSize > Limits.lonePacketBytes - Reign.encodedSize - 5, !batch.isEmpty {
        packets.append(.envelopes(promise, batch))
        batch = []
        size = 0
      }
      batch.append(envelope)
      size += envelope.encodedSize
    }
    return packets + [.envelopes(promise, batch)]
  }

  /// Remembers which frame holds own messages, so that they leave the outbox when it is final. `now` is nil for a frame
  /// that came with another log: how long such a message took tells nothing.
  mutating func noteOwn(in frame: SignedFrame, at now: Instant?) {
    guard case .messages(let envelopes) = frame.frame.body else { return }
    let own = envelopes.map(\.envelope).filter { $0.author == facts.author }.map(\.last).max()
    guard let own else { return }
    logged.append(Logged(frame: frame.sequence, last: own))
    outbox.noteLogged(through: own, at: now)
  }

  /// Final messages leave the outbox; on a branch nothing is final, and agreed ones do.
  mutating func settleOutbox() {
    let level = log.head.ancestry.isTrunk ? final : agreed
    guard let settled = logged.last(where: { $0.frame <= level }) else { return }
    outbox.settle(settled.last)
    logged.removeAll { $0.frame <= settled.frame }
  }

  /// A new reign or log: what it does not hold is sent again at once.
  mutating func renewOutbox(_ moment: Moment<some Notary>) {
    outbox.resign(for: promise.lineage, agreed: agreed, chain: log.floor.chain, moment)
    resendAll = true
  }
}
