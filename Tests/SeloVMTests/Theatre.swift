import SeloMachineKit
import SeloVM
import Testing

let ada = PeerID(0xADA)

/// A machine with what a test need not say: who publishes, and frame after frame. The reference machine plays along,
/// and after every advance both must have the same digest and the same bytes.
struct Theatre {
  let machine: Machine<Stage>
  let reference: ReferenceMachine<Stage>
  private(set) var sequence: UInt64 = 0

  init(seed: UInt64 = 1, limits: MachineLimits = .standard) {
    machine = Machine(seed: seed, limits: limits)
    reference = ReferenceMachine(seed: seed, limits: limits)
  }

  /// A theatre with that many actors, who all know each other, at time zero.
  init(actors: Int, limits: MachineLimits = .standard) {
    self.init(limits: limits)
    tell(0, Script(tag: -1, steps: Array(repeating: .spawn, count: actors)))
    tell(0, Script(-2, .introduce))
    advance(0)
  }

  /// Publishes a script in a frame of its own.
  mutating func tell(_ time: Int64, _ script: Script, author: PeerID = ada) {
    sequence += 1
    machine.external(
      script, author: author, authorKey: author.value, authorSequence: sequence, at: milliseconds(time),
      sequence: sequence, place: 0)
    reference.external(
      script, author: author, authorKey: author.value, authorSequence: sequence, at: milliseconds(time),
      sequence: sequence, place: 0)
  }

  /// Publishes scripts one after the other and runs them.
  mutating func play(_ time: Int64, _ scripts: Script...) {
    for script in scripts { tell(time, script) }
    advance(time)
  }

  /// The same from any place of the log.
  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, _ script: Script, author: PeerID = ada, key: UInt64 = 1)
  {
    machine.external(
      script, author: author, authorKey: key, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
    reference.external(
      script, author: author, authorKey: key, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
  }

  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, encoded bytes: [UInt8]) {
    machine.external(
      encoded: bytes, author: ada, authorKey: 1, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
    reference.external(
      encoded: bytes, author: ada, authorKey: 1, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
  }

  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, _ presence: Presence) {
    machine.presence(presence, at: milliseconds(time), sequence: sequence, place: place)
    reference.presence(presence, at: milliseconds(time), sequence: sequence, place: place)
  }

  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, _ letter: Letter) {
    machine.letter(letter, at: milliseconds(time), sequence: sequence, place: place)
    reference.letter(letter, at: milliseconds(time), sequence: sequence, place: place)
  }

  func skip(_ cause: UInt64) {
    machine.skip(cause: cause)
    reference.skip(cause: cause)
  }

  func advance(_ time: Int64) { advance(to: milliseconds(time)) }

  func advance(to time: VirtualTime) {
    machine.advance(to: time)
    reference.advance(to: time)
    expectEqual()
  }

  func expectEqual() {
    #expect(machine.digest() == reference.digest(), "at \(machine.now)")
    #expect(machine.snapshot() == reference.snapshot(), "at \(machine.now)")
  }

  /// What the root heard, without what the theatre itself told it: (milliseconds, tag).
  var heard: [[Int]] { Self.heard(machine.root.notes).filter { $0[1] >= 0 } }

  func actor(_ index: Int) -> Actor? { machine.frozen()[machine.root.actors[index]] }

  func heard(_ index: Int) -> [[Int]] { Self.heard(actor(index)?.notes ?? []) }

  static func heard(_ notes: [Note]) -> [[Int]] { notes.map { [Int($0.time.nanoseconds / 1_000_000), $0.tag] } }

  var failures: [FailedTurn.Kind] { machine.failedTurns.map(\.kind) }
}
