import SeloMesh
import SeloWire

// What can happen next in a bare session, and what then happens.

/// One event. Flights are named by their places in the state before it.
enum BareEvent: Hashable, Sendable {
  case deliver(Int)
  /// Delivers, and the same packet is still on its way.
  case duplicate(Int)
  case wake(Int)
  case publish(Int)
  case crash(Int)
  case stop(Int)
}

extension BareSession {
  /// Everything that can happen next, in an order that depends on the state alone.
  ///
  /// There is no event that loses a packet: what happens after one is lost also happens while it is only late, so every
  /// order with losses is among those without.
  var events: [BareEvent] {
    guard broken.isEmpty else { return [] }
    var events: [BareEvent] = []
    for (place, flight) in flights.enumerated() {
      // Of equal packets the first one.
      if flights[..<place].contains(where: { $0.mark == flight.mark }) { continue }
      events.append(.deliver(place))
      if budget.duplicates > 0 { events.append(.duplicate(place)) }
    }
    let horizon = self.horizon
    for index in members.indices where members[index].takesPart {
      if let deadline = members[index].mesh.deadline, deadline <= horizon { events.append(.wake(index)) }
      if budget.messages > 0, members[index].mayPublish { events.append(.publish(index)) }
      if budget.crashes > 0 { events.append(.crash(index)) }
      if budget.stops > 0, !members[index].isStopped { events.append(.stop(index)) }
    }
    return events
  }

  /// How far time may go: up to the next deadline of those that are not stopped.
  private var horizon: Instant {
    members.filter { $0.takesPart && !$0.isStopped }.compactMap(\.mesh.deadline).min().map { max($0, now) } ?? now
  }

  mutating func happen(_ event: BareEvent) {
    if story != nil { tell(text(event)) }
    switch event {
    case .deliver(let place): open(takeFlight(place))
    case .duplicate(let place):
      budget.duplicates -= 1
      open(flights[place])
    case .wake(let index):
      now = max(now, members[index].mesh.deadline ?? now)
      members[index].isStopped = false
      wakeUp(index, .wake)
    case .publish(let index):
      members[index].isStopped = false
      wakeUp(index, .publish(Array("m\(budget.messages)".utf8)))
      budget.messages -= 1
    case .crash(let index):
      budget.crashes -= 1
      die(index)
    case .stop(let index):
      budget.stops -= 1
      members[index].isStopped = true
    }
  }

  mutating func die(_ index: Int) {
    members[index].isAlive = false
    dropFlights { $0.target == index }
  }

  private mutating func open(_ flight: BareFlight) {
    let target = flight.target
    members[target].isStopped = false
    let sender = members[flight.source].mesh.facts.me
    switch flight.content {
    case .packet(let packet):
      let (mesh, notary) = (members[target].mesh, members[target].notary)
      wakeUp(target, MeshInput.opening(packet, from: sender, for: mesh, notary: notary))
    case .refusal: wakeUp(target, .refused(sender))
    }
  }

  func text(_ event: BareEvent) -> String {
    let time = "\(Double((now.nanoseconds - 1_000_000_000) / 1_000) / 1_000) ms"
    switch event {
    case .deliver(let place): return "\(time): \(text(flights[place])) arrives"
    case .duplicate(let place): return "\(time): \(text(flights[place])) arrives, and will again"
    case .wake(let index):
      let late = members[index].isStopped ? ", which was stopped" : ""
      return "the deadline of \(members[index].name)\(late)"
    case .publish(let index): return "\(time): \(members[index].name) publishes"
    case .crash(let index): return "\(time): \(members[index].name) dies"
    case .stop(let index): return "\(time): \(members[index].name) is stopped"
    }
  }

  private func text(_ flight: BareFlight) -> String {
    let way = "from \(members[flight.source].name) to \(members[flight.target].name)"
    switch flight.content {
    case .packet(let packet): return "\(packet.word) \(way)"
    case .refusal: return "a refusal \(way)"
    }
  }
}

extension BareMember {
  fileprivate var mayPublish: Bool { mesh.log.head.mayPublish(mesh.facts.author) }
}
