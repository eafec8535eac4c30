import SeloKit
import SeloWire
import Testing

@Suite struct EndpointTests {
  @Test(arguments: [
    Endpoint(family: .v4, address: Bytes16([192, 0, 2, 7]), port: 47_653),
    Endpoint(family: .v6, address: Bytes16([0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 7, count: 12)), port: 1),
    Endpoint(family: .v6, address: Bytes16([0xfe, 0x80] + [UInt8](repeating: 1, count: 14)), port: 65_535, scope: 3),
  ])
  func survivesTheJourneyThroughTheSystem(_ endpoint: Endpoint) {
    #expect(Endpoint(endpoint.socketAddress) == endpoint)
    endpoint.withRaw { raw, _ in #expect(Endpoint(raw) == endpoint) }
  }

  @Test func isWrittenAsPeopleWriteIt() throws {
    #expect(Endpoint.loopback(.v4, port: 80).text == "127.0.0.1:80")
    #expect(Endpoint.loopback(.v6, port: 80).text == "[::1]:80")
    #expect(try Endpoint.resolved("127.0.0.1:80") == [.loopback(.v4, port: 80)])
    #expect(try Endpoint.resolved("[::1]:80") == [.loopback(.v6, port: 80)])
  }

  @Test(arguments: ["", ":", "host", "host:", ":80", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x"])
  func refusesWhatIsNoHostAndPort(_ text: String) {
    #expect { try Endpoint.resolved(text) } throws: { ($0 as? SessionError)?.code == .usage }
  }

  @Test func aMissingInterfaceIsNamedWithThoseThatAreThere() {
    #expect {
      try NetworkInterface.chosen("no-such-thing")
    } throws: { error in
      guard let error = error as? SessionError else { return false }
      return error.code == .noInterface && error.why.contains("lo") && error.exitCode == 78
    }
  }
}
