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
    var timeline = Timeline<Garden>(seed: 42)
    timeline.publish(.plant, by: ada)
    timeline.advance(by: .seconds(1))
    print(timeline.latest.root.planted)  // 1
    // end
    #expect(timeline.latest.root.planted == 1)
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
    var timeline = Timeline<Garden>(seed: 42)
    // snippet: waiting
    timeline.publish(.plant, by: ada)
    timeline.advance(by: .milliseconds(3_500))
    print(timeline.latest.root.height)  // 4: planted at 0, grown at 1, 2 and 3 seconds
    // end
    #expect(timeline.latest.root.height == 4)
    // snippet: failing
    timeline.publish(.plant, by: ada)
    timeline.advance(by: .zero)
    print(timeline.latest.failedTurns.map(\.kind))  // [rejected]
    // end
    #expect(timeline.latest.failedTurns.map(\.kind) == [.rejected])
    timeline.publish(.grow, by: ada)
    timeline.advance(by: .seconds(60))
    #expect(timeline.latest.failedTurns.map(\.kind) == [.rejected, .refused])
    #expect(timeline.latest.root.height == 10)
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
    var timeline = Timeline<Garden>(seed: 42)
    timeline.publish(.joined(ada, name: "Ada"))
    timeline.advance(by: .seconds(5))
    // snippet: looking
    let moment = timeline.latest
    for ref in moment.all(Plant.self) {
      if let plant = moment[ref] { print("\(plant.owner): \(plant.height)") }
    }
    // end
    #expect(moment.all(Plant.self).compactMap { moment[$0]?.owner } == ["Ada"])
    timeline.publish(.water, by: ada)
    timeline.advance(by: .seconds(9))
    #expect(timeline.latest.nodeCount == 1, "watered at five seconds, it withers at fifteen")
    // snippet: events
    for event in timeline.advance(by: .seconds(10)) { print(event.value) }  // Ada's plant has withered
    // end
    #expect(timeline.latest.nodeCount == 0)
  }

  @Test("the garden is the same in every way to come to it") func checked() throws {
    typealias Garden = Third.Garden
    // snippet: checked
    try Machine<Garden>.checked { timeline in
      timeline.publish(.joined(PeerID(1), name: "Ada"))
      for _ in 0..<20 {
        timeline.publish(.water, by: PeerID(1))
        timeline.advance(by: .seconds(1))
      }
    }
    // end
  }
}
