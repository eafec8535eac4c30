import SeloVM
import Testing

// The code of the article "Your first world": what stands between `snippet` and `end` stands there word for word.

@Suite("Your first world") struct FirstWorldSnippets {
  enum First {
    // snippet: garden
    struct Garden: World, Codable {
      var planted = 0

      enum Message: Replicated, Codable, Sendable { case plant }

      mutating func receive(_ message: Message, _ turn: inout Turn<Garden>) throws {
        switch message {
        case .plant: planted += 1
        }
      }
    }
    // end
  }

  @Test("a message changes the state") func first() {
    typealias Garden = First.Garden
    // snippet: machine
    let ada = PeerID(1)
    let machine = Machine<Garden>(seed: 42)
    let oneSecond = VirtualTime.zero + .seconds(1)
    machine.external(.plant, author: ada, authorKey: 1, authorSequence: 1, at: oneSecond, sequence: 1, place: 0)
    machine.advance(to: oneSecond)
    print(machine.root.planted)  // 1
    // end
    #expect(machine.root.planted == 1)
  }

  enum Second {
    // snippet: growing
    struct Garden: World, Codable {
      var height = 0

      enum Message: Replicated, Codable, Sendable { case plant, grow }

      static func accepts(_ message: Message, from author: PeerID) -> Bool { message != .grow }

      mutating func receive(_ message: Message, _ turn: inout Turn<Garden>) throws {
        switch message {
        case .plant:
          guard height == 0 else { throw TurnError.rejected("there is a plant already") }
          height = 1
        case .grow: height += 1
        }
        if height < 10 { turn.future(.seconds(1), .grow) }
      }
    }
    // end
  }

  @Test("a plant grows by itself, and only one") func second() {
    typealias Garden = Second.Garden
    let ada = PeerID(1)
    let machine = Machine<Garden>(seed: 42)
    machine.external(.plant, author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    // snippet: waiting
    machine.advance(to: .zero + .milliseconds(3_500))
    print(machine.root.height)  // 4: planted at 0, grown at 1, 2 and 3 seconds
    // end
    #expect(machine.root.height == 4)
    // snippet: failing
    machine.external(.plant, author: ada, authorKey: 1, authorSequence: 2, at: machine.now, sequence: 2, place: 0)
    machine.advance(to: machine.now)
    print(machine.failedTurns.map(\.kind))  // [rejected]
    // end
    #expect(machine.failedTurns.map(\.kind) == [.rejected])
    machine.external(.grow, author: ada, authorKey: 1, authorSequence: 3, at: machine.now, sequence: 3, place: 0)
    machine.advance(to: .zero + .seconds(60))
    #expect(machine.failedTurns.map(\.kind) == [.rejected, .refused])
    #expect(machine.root.height == 10)
  }

  enum Third {
    // snippet: nodes
    struct Plant: Node, Codable {
      let owner: String
      var height = 1
      var thirst: Ticket?

      enum Message: Replicated, Codable, Sendable { case water, wither }

      mutating func receive(_ message: Message, _ turn: inout Turn<Plant>) throws {
        switch message {
        case .water:
          height += turn.random.int(in: 1...3)
          if let thirst { turn.cancel(thirst) }
          thirst = turn.future(.seconds(10), .wither)
        case .wither:
          turn.emit("\(owner)'s plant has withered")
          turn.destroy(turn.me)
        }
      }
    }

    struct Garden: World, Codable {
      var plants = Table<PeerID, Ref<Plant>>()

      static var nodes: [any Node.Type] { [Plant.self] }

      enum Message: Replicated, Codable, Sendable { case water }

      mutating func receive(_ message: Message, _ turn: inout Turn<Garden>) throws {
        guard let author = turn.author, let plant = plants[author] else { throw TurnError.rejected("no plant") }
        turn.send(.water, to: plant)
      }

      mutating func presence(_ presence: Presence, _ turn: inout Turn<Garden>) throws {
        switch presence {
        case .joined(let peer, let name):
          let plant = turn.spawn(Plant(owner: name))
          plants[peer] = plant
          turn.send(.water, to: plant)
        case .left(let peer):
          if let plant = plants[peer] { turn.destroy(plant) }
          plants[peer] = nil
        }
      }
    }
    // end
  }

  @Test("a plant lives as long as it is watered") func third() throws {
    typealias Garden = Third.Garden
    typealias Plant = Third.Plant
    let ada = PeerID(1)
    let machine = Machine<Garden>(seed: 42)
    machine.presence(.joined(ada, name: "Ada"), at: .zero, sequence: 1, place: 0)
    machine.advance(to: .zero + .seconds(5))
    // snippet: looking
    let moment = machine.frozen()
    for ref in moment.all(Plant.self) {
      if let plant = moment[ref] { print("\(plant.owner): \(plant.height)") }
    }
    // end
    #expect(moment.all(Plant.self).compactMap { moment[$0]?.owner } == ["Ada"])
    machine.external(.water, author: ada, authorKey: 1, authorSequence: 1, at: machine.now, sequence: 2, place: 0)
    machine.advance(to: .zero + .seconds(14))
    #expect(machine.frozen().nodeCount == 1, "watered at five seconds, it withers at fifteen")
    // snippet: events
    machine.advance(to: .zero + .seconds(15))
    for event in machine.drainEvents() { print(event.value) }  // Ada's plant has withered
    // end
    #expect(machine.frozen().nodeCount == 0)
  }

  @Test("forks and snapshots go on as the machine does") func twins() throws {
    typealias Garden = Third.Garden
    let machine = Machine<Garden>(seed: 42)
    machine.presence(.joined(PeerID(1), name: "Ada"), at: .zero, sequence: 1, place: 0)
    machine.advance(to: .zero + .seconds(5))
    // snippet: twins
    let fork = machine.fork()
    let twin = try Machine<Garden>(snapshot: machine.snapshot())
    for each in [machine, fork, twin] { each.advance(to: .zero + .seconds(60)) }
    #expect(fork.digest() == machine.digest())
    #expect(twin.digest() == machine.digest())
    // end
    #expect(machine.frozen().nodeCount == 0)
  }
}
