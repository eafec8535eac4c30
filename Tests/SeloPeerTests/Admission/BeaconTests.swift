import SeloCrypto
import SeloPeer
import SeloWire
import Testing

@Suite struct BeaconTests {
  private func beacon(_ listing: Beacon.Listing?) -> Beacon {
    Beacon(
      nonce: 5, session: SessionID(Bytes16([1])), port: 4_711, isReflector: true, listing: listing,
      lineage: LineageID(Bytes16([2])), term: 3, agreed: 4, members: 5)
  }

  @Test func sayWhatTheyWereGivenAndNoMore() throws {
    let long = String(repeating: "g", count: Limits.sessionNameBytes)
    for listing in [nil, Beacon.Listing(name: "garden", worldName: "painter"), .init(name: long, worldName: long)] {
      let datagram = beacon(listing).datagram
      #expect(try Beacon(datagram: datagram) == beacon(listing))
      #expect(datagram.count <= Query(nonce: 1).datagram.count)
      for length in 0..<datagram.count {
        #expect(throws: DecodeError.self) { try Beacon(datagram: Array(datagram.prefix(length))) }
      }
      #expect(throws: DecodeError.trailing(1)) { try Beacon(datagram: datagram + [0]) }
    }
    #expect(beacon(nil).datagram.count == 59)
    #expect(throws: DecodeError.invalid("flags")) {
      var datagram = beacon(nil).datagram
      datagram[28] = 4
      _ = try Beacon(datagram: datagram)
    }
    #expect(throws: DecodeError.invalid("name")) {
      try Beacon(datagram: beacon(.init(name: "a\u{202E}b", worldName: "")).datagram)
    }
  }

  @Test func queriesAreLongAndSayWhoMayFound() throws {
    #expect(try Query(datagram: Query(nonce: 9).datagram).nonce == 9)
    for decidesIn in [nil, .milliseconds(0), .milliseconds(300), .seconds(4_000_000)] as [Delay?] {
      let query = Query(nonce: 9, decidesIn: decidesIn)
      #expect(try Query(datagram: query.datagram) == query)
    }
    var timed = Query(nonce: 9).datagram
    timed[11] = 1
    #expect(throws: DecodeError.self) { try Query(datagram: timed) }
    var datagram = Query(nonce: 9).datagram
    datagram[100] = 1
    #expect(throws: DecodeError.invalid("padding")) { try Query(datagram: datagram) }
    #expect(throws: DecodeError.self) { try Query(datagram: Array(datagram.prefix(20))) }
  }

  @Test func chartersCertifyTheirSession() throws {
    let charter = Doorstep().charter
    var writer = ByteWriter()
    charter.write(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try Charter(reading: &reader) == charter)
    #expect(reader.remaining == 0)
    for place in writer.bytes.indices {
      var altered = writer.bytes
      altered[place] ^= 1
      var reader = ByteReader(altered)
      if let other = try? Charter(reading: &reader) { #expect(other.session != charter.session) }
    }
  }

  @Test func endpointsReadAsTheyAreWritten() {
    for text in [
      "127.0.0.1:4711", "[::1]:4711", "[::]:1", "[fe80::1%3]:80", "[2001:db8::8:800:200c:417a]:443",
      "[1:0:0:2::3]:9", "[1:2:3:4:5:6:7:8]:65535", "[1::]:2", "[1:0:2:3:4:5:6:7]:8",
    ] {
      #expect(Endpoint(text)?.description == text)
    }
    for text in [
      "", ":", "1.2.3:4", "1.2.3.4", "1.2.3.4:65536", "1.2.3.256:1", "+1.2.3.4:5", "1.2.3.4:+5", "[::1]", "[::1:5",
      "::1:5", "[1:2:3]:4", "[::1::]:4", "[12345::]:1", "[1:2:3:4:5:6:7:8:9]:1", "[::%x]:1", "localhost:80", "[:1]:2",
    ] {
      #expect(Endpoint(text) == nil, "\(text)")
    }
  }

  @Test func bucketsHoldTheirBurstAndFillWithTime() {
    let rate = TokenBucket.Rate(burst: 3, spacing: .seconds(20))
    var bucket = TokenBucket()
    let start = Instant.zero + .seconds(5)
    func taken(at now: Instant) -> Bool { bucket.take(rate, at: now) }
    func five(_ now: Instant) -> [Bool] {
      var taken: [Bool] = []
      for _ in 0..<5 { taken.append(bucket.take(rate, at: now)) }
      return taken
    }
    #expect(five(start) == [true, true, true, false, false])
    #expect(!taken(at: start + .seconds(19)))
    #expect(taken(at: start + .seconds(20)))
    #expect(!taken(at: start + .seconds(21)))
    bucket.giveBack(rate)
    #expect(taken(at: start + .seconds(21)))
    #expect(five(start + .seconds(500)) == [true, true, true, false, false])
  }
}
