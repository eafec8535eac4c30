package import SeloVM

/// How to talk to a world in words and look at it in lines; the control socket works with worlds that have them.
package struct WorldWords<W: World>: Sendable {
  package let parse: @Sendable ([String]) throws(SessionError) -> W.Message
  package let describe: @Sendable (Frozen<W>) -> [(path: String, value: String)]

  package init(
    parse: @escaping @Sendable ([String]) throws(SessionError) -> W.Message,
    describe: @escaping @Sendable (Frozen<W>) -> [(path: String, value: String)]
  ) {
    self.parse = parse
    self.describe = describe
  }
}
