import SeloWire
import Testing

@Suite struct ByteReaderTests {
  @Test func readsWhatTheWriterWrote() throws {
    var writer = ByteWriter()
    writer.uint8(1)
    writer.uint16(0x0203)
    writer.uint32(0x0405_0607)
    writer.uint64(0x0809_0a0b_0c0d_0e0f)
    writer.int64(-5)
    writer.bool(true)
    writer.data([9, 8])
    writer.text("köy")
    #expect(Array(writer.bytes.prefix(3)) == [1, 3, 2])
    var reader = ByteReader(writer.bytes)
    #expect(try reader.uint8() == 1)
    #expect(try reader.uint16() == 0x0203)
    #expect(try reader.uint32() == 0x0405_0607)
    #expect(try reader.uint64() == 0x0809_0a0b_0c0d_0e0f)
    #expect(try reader.int64() == -5)
    #expect(try reader.bool())
    #expect(try reader.data(limit: 2) == [9, 8])
    #expect(try reader.text(limit: 4) == "köy")
    try reader.finish()
  }

  @Test func refusesWhatIsNotThere() {
    var empty = ByteReader([])
    #expect(throws: DecodeError.truncated) { try empty.uint8() }
    var short = ByteReader([1, 2, 3])
    #expect(throws: DecodeError.truncated) { try short.uint32() }
    #expect(throws: DecodeError.truncated) { try short.take(-1) }
    #expect(throws: DecodeError.trailing(3)) { try short.finish() }
  }

  /// SECURITY, attack 57: lengths at the ends of their widths are refused before anything is reserved.
  @Test(arguments: [UInt32.max, UInt32(Int32.max), 0xffff])
  func refusesLengthsBeyondTheBytes(length: UInt32) {
    var writer = ByteWriter()
    writer.uint32(length)
    writer.uint8(0)
    var limited = ByteReader(writer.bytes)
    #expect(throws: DecodeError.tooLarge("count")) { try limited.data(limit: 100) }
    var unlimited = ByteReader(writer.bytes)
    #expect(throws: DecodeError.truncated) { try unlimited.data(limit: .max) }
    var elements = ByteReader(writer.bytes)
    #expect(throws: DecodeError.truncated) { try elements.count(limit: .max, elementSize: 0) }
  }

  @Test func refusesBytesThatAreNoValue() {
    var two = ByteReader([2])
    #expect(throws: DecodeError.invalid("bool")) { try two.bool() }
    var text = ByteReader([1, 0, 0, 0, 0xff])
    #expect(throws: DecodeError.invalid("text")) { try text.text(limit: 9) }
  }

  @Test func aRangeOutsideReadsAsEmpty() {
    var reader = ByteReader([1, 2, 3], in: 5..<9)
    #expect(reader.remaining == 0)
    #expect(throws: DecodeError.truncated) { try reader.uint8() }
  }

  @Test func fixedBytesCompareFromTheFront() {
    let low = Bytes32([0, 1])
    let high = Bytes32([1, 0])
    #expect(low < high)
    #expect(low.bytes.count == 32)
    #expect(Array(low.bytes.prefix(3)) == [0, 1, 0])
    #expect(Bytes32(high.bytes) == high)
    #expect(Signature((0..<64).map { UInt8($0) }).bytes == (0..<64).map { UInt8($0) })
  }
}

@Suite struct NumberLimitTests {
  /// A member that names the last of all terms must not make others count beyond it.
  @Test func termsNearTheEndOfTheirWidthAreRefused() throws {
    func decoded(_ number: UInt32) throws -> Term {
      var writer = ByteWriter()
      Term(number: number, elected: Member(id: MemberID(1), incarnation: Incarnation(1)), handover: 0).write(
        to: &writer)
      var reader = ByteReader(writer.bytes)
      return try Term(reading: &reader)
    }
    #expect(try decoded(Limits.termNumber).number == Limits.termNumber)
    #expect(throws: DecodeError.tooLarge("term number")) { try decoded(Limits.termNumber + 1) }
    #expect(throws: DecodeError.tooLarge("term number")) { try decoded(.max) }
  }

  @Test func rostersNearTheEndOfTheirIdsAreRefused() {
    var writer = ByteWriter()
    Roster(version: 1, highest: MemberID(.max), entries: []).write(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(throws: DecodeError.tooLarge("member id")) { try Roster(reading: &reader) }
  }
}
