package import SeloMesh
import SeloVM
package import SeloWire

/// What a joiner needs to go on from an agreed frame: the state of the log there, the tick period, the world.
package struct SessionSnapshot {
  package let state: LogState
  package let tick: Delay
  package let world: [UInt8]

  package var bytes: [UInt8] {
    var writer = ByteWriter(reserving: world.count + 4_096)
    state.write(to: &writer)
    writer.uint64(tick.nanoseconds)
    writer.data(world)
    return writer.bytes
  }

  package init(state: LogState, tick: Delay, world: [UInt8]) {
    self.state = state
    self.tick = tick
    self.world = world
  }

  package init(_ bytes: [UInt8]) throws(DecodeError) {
    var reader = ByteReader(bytes)
    state = try LogState(reading: &reader)
    let tick = try reader.uint64()
    guard (1_000_000...1_000_000_000).contains(tick) else { throw .invalid("tick period") }
    self.tick = Delay(nanoseconds: tick)
    world = try reader.data(limit: Limits.snapshotBytes)
    try reader.finish()
  }
}
