import SeloVM
import Synchronization

// Worlds with one mistake each, which a check has to find and name. Every one of them steps by itself.

/// A world of one number of steps and whatever it keeps; the mistake is in what it keeps.
protocol BrokenWorld: World where Message == BrokenStep {
  mutating func step(_ turn: inout Turn<Self>)
}

enum BrokenStep: Replicated, Codable, Sendable { case step }

extension BrokenWorld {
  mutating func start(_ turn: inout Turn<Self>) { turn.future(.milliseconds(10), .step) }

  mutating func receive(_ message: BrokenStep, _ turn: inout Turn<Self>) {
    step(&turn)
    turn.future(.milliseconds(10), .step)
  }
}

/// Keeps a Dictionary.
struct DictionaryWorld: BrokenWorld, Codable {
  var scores: [String: Int] = [:]
  mutating func step(_ turn: inout Turn<Self>) { scores["\(turn.random.int(in: 0..<9))"] = 1 }
}

/// Keeps a Set in a node, deep inside.
struct SetWorld: BrokenWorld, Codable {
  struct Crowd: Node, Codable {
    struct Inner: Codable { var names: [Set<Int>] = [[1]] }
    var inner: Inner? = Inner()
    enum Message: Replicated, Codable { case grow }
    mutating func receive(_ message: Message, _ turn: inout Turn<Self>) {
      inner?.names[0].insert(turn.random.int(in: 0..<99))
    }
  }
  var crowd: Ref<Crowd>?
  static var nodes: [any Node.Type] { [Crowd.self] }
  mutating func step(_ turn: inout Turn<Self>) {
    if let crowd { turn.send(.grow, to: crowd) } else { crowd = turn.spawn(Crowd()) }
  }
}

/// Counts in a global variable.
struct GlobalWorld: BrokenWorld, Codable {
  static let counter = Atomic<Int>(0)
  var steps = 0
  var seen = 0
  mutating func step(_ turn: inout Turn<Self>) {
    steps += 1
    seen = Self.counter.add(1, ordering: .relaxed).newValue
  }
}

/// Looks at a clock.
struct ClockWorld: BrokenWorld, Codable {
  private static let origin = ContinuousClock.now
  var elapsed = 0.0
  mutating func step(_ turn: inout Turn<Self>) {
    let time = (ContinuousClock.now - Self.origin).components
    elapsed = Double(time.seconds) + Double(time.attoseconds) * 1e-18
  }
}

/// Keeps a hash: the same in one process, another in each.
struct HashWorld: BrokenWorld, Codable {
  var steps = 0
  var hashes: [Int] = []
  mutating func step(_ turn: inout Turn<Self>) {
    steps += 1
    if steps == 3 { hashes.append(steps.hashValue) }
  }
}

/// Its witness forgets a field of a node.
struct ForgetfulWorld: BrokenWorld, Codable {
  struct Purse: Node {
    struct Money { var coins = 0 }
    var name = "purse"
    var money = Money()
    enum Message: Replicated, Codable { case earn }
    init() {}
    func write(to sink: inout some ReplicaSink) { name.write(to: &sink) }
    init(from reader: inout ReplicaReader) throws { name = try String(from: &reader) }
    mutating func receive(_ message: Message, _ turn: inout Turn<Self>) { money.coins += 1 }
  }
  var purse: Ref<Purse>?
  static var nodes: [any Node.Type] { [Purse.self] }
  mutating func step(_ turn: inout Turn<Self>) {
    if let purse { turn.send(.earn, to: purse) } else { purse = turn.spawn(Purse()) }
  }
}

/// Keeps an object that all its copies share.
struct SharedWorld: BrokenWorld {
  final class Box: Sendable {
    let value: Atomic<Int>
    init(_ value: Int) { self.value = Atomic(value) }
  }
  var steps = 0
  var box = Box(0)
  init() {}
  func write(to sink: inout some ReplicaSink) {
    sink.int(steps)
    sink.int(box.value.load(ordering: .relaxed))
  }
  init(from reader: inout ReplicaReader) throws {
    steps = try reader.int()
    box = Box(try reader.int())
  }
  mutating func step(_ turn: inout Turn<Self>) {
    steps += 1
    box.value.add(1, ordering: .relaxed)
  }
}

/// Keeps a NaN with bits of its own.
struct OddNumberWorld: BrokenWorld, Codable {
  var heat = 0.0
  var steps = 0
  mutating func step(_ turn: inout Turn<Self>) {
    steps += 1
    if steps == 2 { heat = Double(bitPattern: 0xFFF8_0000_0000_1234) }
  }
}

/// Refuses what it wrote itself.
struct RefusingWorld: BrokenWorld {
  var steps = 0
  init() {}
  func write(to sink: inout some ReplicaSink) { sink.int(steps) }
  init(from reader: inout ReplicaReader) throws {
    steps = try reader.int()
    guard steps < 3 else { throw DecodeError.invalid("steps") }
  }
  mutating func step(_ turn: inout Turn<Self>) { steps += 1 }
}

/// A message that waits loses what it carries in a snapshot.
struct LosingWorld: World, Codable {
  struct Letter: Replicated, Sendable {
    var text: String
    func write(to sink: inout some ReplicaSink) { sink.uint8(0) }
    init(text: String) { self.text = text }
    init(from reader: inout ReplicaReader) throws {
      _ = try reader.uint8()
      text = "lost"
    }
  }
  typealias Message = Letter
  var heard = ""
  mutating func start(_ turn: inout Turn<Self>) { turn.future(.milliseconds(30), Letter(text: "kept")) }
  mutating func receive(_ message: Letter, _ turn: inout Turn<Self>) { heard = message.text }
}

/// Hears a Set, and keeps nothing of it.
struct HearingWorld: World, Codable {
  struct Letter: Replicated, Codable, Sendable { var names: Set<String> = ["a", "b"] }
  typealias Message = Letter
  var count = 0
  mutating func receive(_ message: Letter, _ turn: inout Turn<Self>) {
    count += message.names.count
    turn.future(.seconds(1), message)
  }
}

/// Keeps a ring of objects, which nothing may get lost in.
struct RingWorld: BrokenWorld {
  final class Link: Sendable {
    let number: Int
    let next = Mutex<[Link]>([])
    let twins: [Link]
    init(_ number: Int, _ twins: [Link]) {
      self.number = number
      self.twins = twins
    }
  }
  var steps = 0
  var links = RingWorld.chain(40)
  init() {}
  func write(to sink: inout some ReplicaSink) { sink.int(steps) }
  init(from reader: inout ReplicaReader) throws { steps = try reader.int() }
  mutating func step(_ turn: inout Turn<Self>) { steps += 1 }

  /// Each link is held twice by the one before it: two to the fortieth ways lead to the last.
  static func chain(_ count: Int) -> [Link] {
    var links: [Link] = []
    for number in 0..<count { links = [Link(number, links), Link(-number, links)] }
    return links
  }
}
