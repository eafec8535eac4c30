// Names of nodes and messages are frequent in states: through `Codable` they are bare numbers, not numbers under keys.

extension NodeID: Codable {
  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
  public init(from decoder: any Decoder) throws { self.init(try UInt64(from: decoder)) }
}

extension Ref: Codable {
  public func encode(to encoder: any Encoder) throws { try id.encode(to: encoder) }
  public init(from decoder: any Decoder) throws { self.init(try NodeID(from: decoder)) }
}

extension Ticket: Codable {
  /// The time in nanoseconds, then the cause.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(time.nanoseconds)
    try container.encode(cause)
  }

  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    let nanoseconds = try container.decode(Int64.self)
    self.init(time: VirtualTime(nanoseconds: nanoseconds), cause: try container.decode(UInt64.self))
  }
}
