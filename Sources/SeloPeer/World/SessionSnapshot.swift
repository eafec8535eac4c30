package import SeloMesh
import SeloVM
package import SeloWire

/// What a joiner needs to go on from an agreed frame: the state of the log there, and the world.
package struct SessionSnapshot {
  package let state: LogState
  package let world: [UInt8]

  package var bytes: [UInt8] {
    var writer = ByteWriter(reserving: world.count + 4_096)
    state.write(to: &writer)
    writer.data(world)
    return writer.bytes
  }

  package init(state: LogState, world: [UInt8]) {
    self.state = state
    self.world = world
  }

  package init(_ bytes: [UInt8]) throws(DecodeError) {
    var reader = ByteReader(bytes)
    state = try LogState(reading: &reader)
    world = try reader.data(limit: Limits.snapshotBytes)
    try reader.finish()
  }
}
