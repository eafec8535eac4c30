import SeloVM
import SeloWorlds

/// A machine and a log to tell it things, in the words that people type.
struct WorldLog<W: TextualWorld> {
  let machine = Machine<W>(seed: 8)
  private var sequence: UInt64 = 0

  /// Publishes what the words say, as it travels: through bytes.
  mutating func tell(_ text: String, author: PeerID = ada) throws {
    hand(try W.message(parsing: text.split(separator: " ").map(String.init)), author: author)
  }

  mutating func hand(_ message: W.Message, author: PeerID = ada) {
    sequence += 1
    machine.external(
      encoded: message.encoded(), author: author, authorKey: author.value, authorSequence: sequence, at: machine.now,
      sequence: sequence, place: 0)
    machine.advance(to: machine.now)
  }

  mutating func hear(_ presence: Presence) {
    sequence += 1
    machine.presence(presence, at: machine.now, sequence: sequence, place: 0)
    machine.advance(to: machine.now)
  }

  func rest(_ delay: Delay) { machine.advance(to: machine.now + delay) }

  var lines: [String] { W.describe(machine.frozen()).map { "\($0.path)=\($0.value)" } }
}
