import SeloVM

/// Trees that bear one apple a message, and two where the machine errs.
struct Orchard: World, Codable {
  static let nodes: [any Node.Type] = [Tree.self]

  var trees: [Ref<Tree>] = []

  enum Message: Replicated, Codable, Sendable { case plant(Int), water(Int) }

  mutating func receive(_ message: Message, _ turn: inout Turn<Orchard>) throws {
    switch message {
    case .plant(let count): for _ in 0..<count { trees.append(turn.spawn(Tree())) }
    case .water(let place): if trees.indices.contains(place) { turn.send(.bear, to: trees[place]) }
    }
  }
}

struct Tree: Node, Codable {
  var apples = 0

  enum Message: Replicated, Codable, Sendable { case bear }

  mutating func receive(_ message: Message, _ turn: inout Turn<Tree>) throws { apples += Glitch.isOn ? 2 : 1 }
}
