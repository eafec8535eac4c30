import SeloMesh
import SeloVM
import SeloWire

/// What a mesh says of itself after every step, also where assertions are not compiled.
struct MeshInvariants<W: World>: Law {
  mutating func check(_ sight: Sight<W>) -> String? { sight.mesh.brokenInvariant }
}
