package import SeloVM

/// A node that scripts can direct.
package protocol ScriptPlayer: Node where Message == Script {
  var notes: [Note] { get set }
  var actors: [Ref<Actor>] { get set }
  var bells: [Ref<Bell>] { get set }
  var chests: [Ref<Chest>] { get set }
  var tickets: [Ticket] { get set }
}

extension Step {
  static func pick<Element>(_ index: Int, _ all: [Element]) -> Element? {
    all.isEmpty ? nil : all[index % all.count]
  }

  /// What every player can do; the root does the rest itself.
  func perform<Player: ScriptPlayer>(
    _ script: Script, by player: inout Player, _ turn: inout Turn<Player>
  ) throws {
    switch self {
    case .send, .tell, .report, .future, .again, .chain: schedule(script, by: &player, &turn)
    case .ring, .ringMany, .store: play(by: &player, &turn)
    case .cancel(let index):
      if !player.tickets.isEmpty {
        turn.cancel(player.tickets[player.tickets.count - 1 - index % player.tickets.count])
      }
    case .falter(let index):
      if turn.random.next() % 3 == 0, let ticket = Self.pick(index, player.tickets.reversed()) { turn.cancel(ticket) }
    case .cancelAll: for ticket in player.tickets { turn.cancel(ticket) }
    case .spawn: player.actors.append(turn.spawn(Actor()))
    case .crowd(let count):
      for _ in 0..<min(count, 1_000) {
        player.actors.append(turn.spawn(Actor()))
        player.bells.append(turn.spawn(Bell()))
        player.chests.append(turn.spawn(Chest()))
      }
    case .spawnAndSend(let script):
      let ref = turn.spawn(Actor())
      turn.send(script, to: ref)
      player.actors.append(ref)
    case .destroy(let index): if let ref = Self.pick(index, player.actors) { turn.destroy(ref) }
    case .emit(let number): turn.emit(number)
    case .post(let number): turn.post(number, toWorld: "elsewhere")
    case .draw: player.notes.append(Note(time: turn.now, tag: script.tag, value: turn.random.next()))
    case .fail: throw Mishap()
    case .reject: throw TurnError.rejected("as told")
    case .set, .raiseAll, .tuneAll, .count, .introduce, .acquaint: break
    }
  }

  /// Whether it leads to the whole script again.
  private var goesOn: Bool {
    switch self {
    case .again, .chain: true
    default: false
    }
  }

  private func schedule<Player: ScriptPlayer>(
    _ script: Script, by player: inout Player, _ turn: inout Turn<Player>
  ) {
    switch self {
    case .send(let index, let delay, let script):
      guard let ref = Self.pick(index, player.actors) else { return }
      player.tickets.append(turn.send(script, to: ref, after: .milliseconds(delay)))
    case .tell(let count, let first, let delay, let script):
      for index in first..<first + min(count, player.actors.count) {
        turn.send(script, to: player.actors[index % player.actors.count], after: .milliseconds(delay))
      }
    case .report(let delay, let script): turn.send(script, to: Ref<Stage>(.root), after: .milliseconds(delay))
    case .future(let delay, let script): player.tickets.append(turn.future(.milliseconds(delay), script))
    case .again(let delay): player.tickets.append(turn.future(.milliseconds(delay), script))
    case .chain(let length):
      if length > 0 {
        let others = script.steps.filter { !$0.goesOn }
        player.tickets.append(turn.future(.zero, Script(tag: script.tag, steps: [.chain(length - 1)] + others)))
      }
    default: break
    }
  }

  private func play<Player: ScriptPlayer>(by player: inout Player, _ turn: inout Turn<Player>) {
    switch self {
    case .ring(let index, let delay, let stroke):
      guard let bell = Self.pick(index, player.bells) else { return }
      player.tickets.append(turn.send(stroke, to: bell, after: .milliseconds(delay)))
    case .ringMany(let count, let first, let delay, let stroke):
      for index in first..<first + min(count, player.bells.count) {
        turn.send(stroke, to: player.bells[index % player.bells.count], after: .milliseconds(delay))
      }
    case .store(let index, let delay, let hops):
      guard let chest = Self.pick(index, player.chests) else { return }
      player.tickets.append(turn.send(Parcel(UInt64(index), hops: hops), to: chest, after: .milliseconds(delay)))
    default: break
    }
  }
}
