import NIOCore
import NIOPosix
import SeloPeer
package import SeloWire

/// Looks for sessions on the network without taking part in one: asks, and listens for beacons.
package final class SessionScout {
  /// A session as its beacons show it. Nothing in a beacon is believed; it only says where to knock.
  package struct Sighting: Equatable, Sendable {
    package let session: SessionID
    package let endpoint: Endpoint
    /// Nil: unlisted, its beacons tell no name.
    package let name: String?
    package let world: String?
    package let members: Int
    package let term: UInt32
    package let agreed: UInt64
    package let isReflector: Bool
    /// Everybody of the session that was heard.
    package var endpoints: [Endpoint]
  }

  private let unicast: UnicastSocket
  private let multicast: Multicast
  private let heard: Sightings

  private final class Sightings {
    var all: [Sighting] = []

    /// Keeps what the reflector says of a session, else the newest word.
    func note(_ beacon: Beacon, from source: Endpoint) {
      let endpoint = Endpoint(family: source.family, address: source.address, port: beacon.port, scope: source.scope)
      var sighting = Sighting(
        session: beacon.session, endpoint: endpoint, name: beacon.listing?.name, world: beacon.listing?.worldName,
        members: Int(beacon.members), term: beacon.term, agreed: beacon.agreed, isReflector: beacon.isReflector,
        endpoints: [endpoint])
      guard let index = all.firstIndex(where: { $0.session == beacon.session }) else {
        if all.count < Limits.beaconSources { all.append(sighting) }
        return
      }
      let known = all[index]
      let endpoints = known.endpoints.contains(endpoint) ? known.endpoints : known.endpoints + [endpoint]
      let isNewer = beacon.agreed >= known.agreed && beacon.isReflector == known.isReflector
      let isBetter = isNewer || (beacon.isReflector && !known.isReflector)
      if !isBetter { sighting = known }
      sighting.endpoints = Array(endpoints.prefix(Limits.members))
      all[index] = sighting
    }
  }

  private init(on eventLoop: any EventLoop, interfaces: [NetworkInterface], port: UInt16) throws(SocketError) {
    let heard = Sightings()
    let received: ([UInt8], Endpoint) -> Void = { datagram, source in
      if let beacon = try? Beacon(datagram: datagram) { heard.note(beacon, from: source) }
    }
    unicast = try UnicastSocket(on: eventLoop, interfaces: interfaces, port: 0, .init(received: received))
    multicast = Multicast(
      on: eventLoop, interfaces: interfaces, port: port, from: unicast, received: received, drained: {})
    self.heard = heard
  }

  private func open(on eventLoop: any EventLoop) throws(SocketError) -> EventLoopFuture<Void> {
    EventLoopFuture.andAllSucceed(try unicast.open() + multicast.open(), on: eventLoop)
  }

  private func ask(_ given: [Endpoint]) {
    let query = Query(nonce: UInt64.random(in: 1 ... .max)).datagram
    multicast.announce(query)
    for endpoint in given { unicast.write(query, to: endpoint) }
    unicast.flush()
  }

  private func finish() -> [Sighting] {
    multicast.close()
    unicast.close()
    return heard.all.sorted { ($0.name ?? "\u{7f}", $0.session.bytes) < ($1.name ?? "\u{7f}", $1.session.bytes) }
  }

  /// Asks at 0, 20, 60 and 140 ms, here and at the given addresses, and listens for `patience` in all.
  package static func look(
    on interfaces: [NetworkInterface], given: [Endpoint] = [], port: UInt16 = Multicast.standardPort,
    for patience: Delay
  ) async throws -> [Sighting] {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let opened = loop.submit {
      let scout = try SessionScout(on: loop, interfaces: interfaces, port: port)
      let bound = NIOLoopBound(scout, eventLoop: loop)
      return (try scout.open(on: loop), bound)
    }
    let sightings: [Sighting]
    do {
      let (ready, scout) = try await opened.get()
      try await ready.get()
      for delay: Int64 in [0, 20, 60, 140] {
        loop.scheduleTask(in: .milliseconds(delay)) { scout.value.ask(given) }
      }
      let end = TimeAmount.nanoseconds(Int64(clamping: patience.nanoseconds))
      sightings = try await loop.scheduleTask(in: end) { scout.value.finish() }.futureResult.get()
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    try await group.shutdownGracefully()
    return sightings
  }
}
