/// What the command line says.
struct Options {
  /// How many messages engines are to run.
  var messages: UInt64 = 10_000_000
  /// That of the first program; the others follow.
  var seed: UInt64 = 1
  /// Run this one program and say more about it.
  var program: UInt64?
  /// Name each program before it is run, for one that ends the process.
  var tells = false

  static let usage = """
    usage: SeloConformance [--messages N] [--seed S] [--program S] [--tell]
      --messages N   stop when engines have run that many messages (10000000)
      --seed S       the seed of the first program (1); the next ones count up
      --program S    only the program of that seed
      --tell         name each program on the error output before it runs
    """

  /// Nil when the words make no sense.
  init?(_ words: [String]) {
    var words = words[...]
    while let word = words.popFirst() {
      if word == "--tell" {
        tells = true
        continue
      }
      guard let text = words.popFirst(), let number = UInt64(text) else { return nil }
      switch word {
      case "--messages": messages = number
      case "--seed": seed = number
      case "--program": program = number
      default: return nil
      }
    }
  }
}
