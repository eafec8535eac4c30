import NIOCore
import SeloKit
import SeloWire
import Testing

@Suite(.serialized) struct SocketTests {
  @Test func datagramsCrossTheUnicastSocketInOneBatch() async throws {
    let lo = try loopback()
    let received = try await onLoop { (loop, promise: EventLoopPromise<[[UInt8]]>) in
      var heard: [[UInt8]] = []
      let quiet = DatagramSocket.Callbacks(received: { _, _ in })
      let target = try UnicastSocket(
        on: loop, interfaces: [lo], port: 0,
        .init(
          received: { bytes, _ in heard.append(bytes) }, drained: { if heard.count == 100 { promise.succeed(heard) } }))
      let source = try UnicastSocket(on: loop, interfaces: [lo], port: 0, quiet)
      let ready = EventLoopFuture.andAllSucceed(try target.open() + source.open(), on: loop)
      ready.assumeIsolated().whenSuccess {
        for number in 0..<100 { source.write([UInt8(number)], to: .loopback(.v4, port: target.port)) }
        source.flush()
      }
    }
    #expect(received == (0..<100).map { [UInt8($0)] })
  }

  @Test func anotherPeersPortIsRefusedByName() async throws {
    let lo = try loopback()
    let isInUse = try await onLoop { (loop, promise: EventLoopPromise<Bool>) in
      let quiet = DatagramSocket.Callbacks(received: { _, _ in })
      let first = try UnicastSocket(on: loop, interfaces: [lo], port: 0, quiet)
      let opened = EventLoopFuture.andAllSucceed(try first.open(), on: loop)
      opened.assumeIsolated().whenSuccess {
        do {
          _ = try UnicastSocket(on: loop, interfaces: [lo], port: first.port, quiet)
          promise.succeed(false)
        } catch {
          promise.succeed((error as? SocketError)?.isAddressInUse == true)
        }
      }
    }
    #expect(isInUse)
  }

  @Test func aLostChannelComesBackOnTheSamePort() async throws {
    let lo = try loopback()
    let reopened = try await onLoop { (loop, promise: EventLoopPromise<UInt64>) in
      var target: UnicastSocket?
      let receiving = DatagramSocket.Callbacks(received: { _, _ in
        promise.succeed(target?.socket(.v4)?.counters.reopened ?? 0)
      })
      let socket = try UnicastSocket(on: loop, interfaces: [lo], port: 0, receiving)
      target = socket
      let source = try UnicastSocket(on: loop, interfaces: [lo], port: 0, .init(received: { _, _ in }))
      let ready = EventLoopFuture.andAllSucceed(try socket.open() + source.open(), on: loop)
      ready.assumeIsolated().whenSuccess {
        socket.socket(.v4)?.fail()
        // Datagrams sent while the socket is away are lost, as on any network: send until one arrives.
        everyMillisecond(on: loop) {
          source.write([1], to: .loopback(.v4, port: socket.port))
          source.flush()
        }
      }
    }
    #expect(reopened == 1)
  }

  @Test func announcementsGoOutAndComeBackOnLoopback() async throws {
    let lo = try loopback()
    let word = Array("selo test \(UInt64.random(in: 0 ... .max))".utf8)
    let (heard, port, echoed) = try await onLoop { (loop, promise: EventLoopPromise<(Endpoint, UInt16, UInt64)>) in
      let quiet = DatagramSocket.Callbacks(received: { _, _ in })
      let ada = try UnicastSocket(on: loop, interfaces: [lo], port: 0, quiet)
      let bo = try UnicastSocket(on: loop, interfaces: [lo], port: 0, quiet)
      var source: Endpoint?
      var own: Multicast?
      func finish() {
        guard let source, let own, own.counters.echoed > 0 else { return }
        promise.succeed((source, ada.port, own.counters.echoed))
      }
      let first = Multicast(on: loop, interfaces: [lo], from: ada, received: { _, _ in }, drained: { finish() })
      own = first
      let second = Multicast(
        on: loop, interfaces: [lo], from: bo,
        received: { bytes, from in if bytes == word { source = from } }, drained: { finish() })
      let ready = EventLoopFuture.andAllSucceed(try ada.open() + bo.open() + first.open() + second.open(), on: loop)
      ready.assumeIsolated().whenSuccess { first.announce(word) }
    }
    #expect(heard == .loopback(.v4, port: port))
    #expect(echoed >= 1)
  }

  @Test func multicastIsHeardAgainAfterTheNetworkFailed() async throws {
    let lo = try loopback()
    let word = Array("selo test \(UInt64.random(in: 0 ... .max))".utf8)
    let isHeard = try await onLoop { (loop, promise: EventLoopPromise<Bool>) in
      let quiet = DatagramSocket.Callbacks(received: { _, _ in })
      let ada = try UnicastSocket(on: loop, interfaces: [lo], port: 0, quiet)
      let bo = try UnicastSocket(on: loop, interfaces: [lo], port: 0, quiet)
      let ears = Multicast(
        on: loop, interfaces: [lo], from: bo,
        received: { bytes, _ in if bytes == word { promise.succeed(true) } }, drained: {})
      let mouth = Multicast(on: loop, interfaces: [lo], from: ada, received: { _, _ in }, drained: {})
      let ready = EventLoopFuture.andAllSucceed(try ada.open() + bo.open() + ears.open(), on: loop)
      ready.assumeIsolated().whenSuccess {
        ears.fail()
        everyMillisecond(on: loop) { mouth.announce(word) }
      }
    }
    #expect(isHeard)
  }

  @Test func aClosedPortRefusesTheProbe() async throws {
    let lo = try loopback()
    let (refused, port) = try await onLoop { (loop, promise: EventLoopPromise<(Endpoint, UInt16)>) in
      let socket = try UnicastSocket(on: loop, interfaces: [lo], port: 0, .init(received: { _, _ in }))
      let port = socket.port
      let opened = EventLoopFuture.andAllSucceed(try socket.open(), on: loop)
      let probe = ProbeSocket(on: loop) { promise.succeed(($0, port)) }
      opened.assumeIsolated().whenSuccess {
        probe.connect(.loopback(.v4, port: port))
        socket.close()
        everyMillisecond(on: loop) { probe.probe() }
      }
    }
    #expect(refused == .loopback(.v4, port: port))
  }

  @Test func aLoopbackPeerIsBoundToLoopbackAlone() async throws {
    let lo = try loopback()
    let local = try await onLoop { (loop, promise: EventLoopPromise<Endpoint>) in
      let socket = try UnicastSocket(on: loop, interfaces: [lo], port: 0, .init(received: { _, _ in }))
      let opened = EventLoopFuture.andAllSucceed(try socket.open(), on: loop)
      opened.assumeIsolated().whenSuccess {
        let descriptor = socket.socket(.v4)?.descriptor ?? -1
        promise.completeWith(Result { try UDPSocket.local(descriptor) })
      }
    }
    #expect(local.isLoopback)
    #expect(local.family == .v4)
  }
}
