import SeloVM
import Testing

// The code of the article "How time works".

@Suite("How time works") struct TimeSnippets {
  // snippet: chain
  struct Chain: World, Codable {
    var times: [Int64] = []

    enum Message: Replicated, Codable, Sendable { case step }

    mutating func start(_ turn: inout Turn<Chain>) { turn.future(.milliseconds(3), .step) }

    mutating func receive(_ message: Message, _ turn: inout Turn<Chain>) throws {
      times.append(turn.now.nanoseconds / 1_000_000)
      turn.future(.milliseconds(3), .step)
    }
  }
  // end

  @Test("a message sees its own time, not the tick's") func chain() {
    // snippet: tick
    let machine = Machine<Chain>(seed: 1)
    machine.advance(to: .zero + .milliseconds(10))
    print(machine.root.times)  // [3, 6, 9]
    print(machine.now.seconds)  // 0.01
    // end
    #expect(machine.root.times == [3, 6, 9])
    let stepwise = Machine<Chain>(seed: 1)
    for time in 1...10 as ClosedRange<UInt64> { stepwise.advance(to: .zero + .milliseconds(time)) }
    #expect(stepwise.digest() == machine.digest(), "splitting an advance changes nothing")
  }

  // snippet: order
  struct Order: World, Codable {
    var heard: [String] = []

    enum Message: Replicated, Codable, Sendable { case publish(String), later(String) }

    mutating func receive(_ message: Message, _ turn: inout Turn<Order>) throws {
      switch message {
      case .publish(let name):
        heard.append(name)
        turn.future(.zero, .later("after \(name)"))
      case .later(let name): heard.append(name)
      }
    }
  }
  // end

  @Test("what is due runs before the next external message of its time") func order() {
    let ada = PeerID(1)
    // snippet: externals
    let machine = Machine<Order>(seed: 1)
    let time = VirtualTime.zero + .milliseconds(20)
    for (place, name) in ["one", "two"].enumerated() {
      machine.external(
        .publish(name), author: ada, authorKey: 1, authorSequence: UInt64(place), at: time, sequence: 1,
        place: UInt32(place))
    }
    machine.advance(to: time)
    print(machine.root.heard)  // ["one", "after one", "two", "after two"]
    // end
    #expect(machine.root.heard == ["one", "after one", "two", "after two"])
  }

  // snippet: cancel
  struct Kettle: World, Codable {
    var alarm: Ticket?
    var rang = 0

    enum Message: Replicated, Codable, Sendable { case heat, takeOff, ring }

    mutating func receive(_ message: Message, _ turn: inout Turn<Kettle>) throws {
      switch message {
      case .heat:
        if let alarm { turn.cancel(alarm) }
        alarm = turn.future(.seconds(180), .ring)
      case .takeOff:
        if let alarm { turn.cancel(alarm) }
        alarm = nil
      case .ring:
        rang += 1
        alarm = nil
      }
    }
  }
  // end

  @Test("a ticket takes back one message") func cancel() throws {
    let machine = Machine<Kettle>(seed: 1)
    func tell(_ message: Kettle.Message, at seconds: UInt64) {
      let time = VirtualTime.zero + .seconds(seconds)
      machine.external(
        message, author: PeerID(1), authorKey: 1, authorSequence: seconds, at: time, sequence: seconds, place: 0)
      machine.advance(to: time)
    }
    tell(.heat, at: 1)
    tell(.heat, at: 100)
    tell(.takeOff, at: 200)
    tell(.heat, at: 300)
    #expect(machine.root.rang == 0)
    let twin = try Machine<Kettle>(snapshot: machine.snapshot())
    for each in [machine, twin] {
      each.advance(to: .zero + .seconds(1_000))
      #expect(each.root.rang == 1)
    }
  }
}
