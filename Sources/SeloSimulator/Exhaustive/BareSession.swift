import SeloMesh
import SeloWire

/// A session of bare meshes with everything that is on its way: a value, so that a search can go back to it.
///
/// Time moves only when a deadline comes. A packet takes as long as it takes: whatever else happens may happen first,
/// and one that never arrives is lost.
struct BareSession: Sendable {
  let session = SessionID(Bytes16([7, 7, 7]))
  let policy: Policy
  let tick = Delay.milliseconds(20)
  /// Rules that the meshes leave out.
  let drafts: Draft
  var now = Instant(nanoseconds: 1_000_000_000)
  var members: [BareMember] = []
  /// In order of departure.
  private(set) var flights: [BareFlight] = []
  /// The bag of flights: their order is nobody's business.
  private var flightSum = Fingerprint.zero
  var budget: BareBudget
  private var laws = AllLaws()
  /// The first laws that broke; nothing happens behind them.
  private(set) var broken: [(law: String, what: String)] = []
  /// What happens, as text, while it is wanted.
  var story: [String]?

  init(policy: Policy, drafts: Draft, budget: BareBudget) {
    self.policy = policy
    self.drafts = drafts
    self.budget = budget
  }

  /// What tells this state from others: every mesh to the last bit, what is on its way, the time, what may still go
  /// wrong, and what the laws remember.
  var mark: Fingerprint {
    Fingerprint { hasher in
      hasher.combine(now)
      for member in members {
        hasher.combine(member.mark)
        hasher.combine(member.isAlive)
        hasher.combine(member.isStopped)
      }
      hasher.combine(flightSum)
      hasher.combine(budget)
      laws.hash(into: &hasher)
    }
  }

  // Steps

  /// Steps one mesh, judges it, and carries out what it asks for.
  mutating func step(_ index: Int, _ input: MeshInput) {
    guard broken.isEmpty else { return }
    let earlier = members[index].mesh
    var effects: [MeshEffect] = []
    members[index].mesh.step(input, at: now, notary: members[index].notary, into: &effects)
    if story != nil, input != .flush { tell("    \(members[index].name) \(earlier.phase.word): \(input.text)") }
    judge(index, Sight.Step(earlier: earlier, input: input, effects: effects))
    carryOut(effects, of: index)
  }

  /// A wake-up: one input, then the flush.
  mutating func wakeUp(_ index: Int, _ input: MeshInput?) {
    if let input { step(index, input) }
    step(index, .flush)
    members[index].remark()
    if case .detached = members[index].mesh.phase { dropFlights { $0.target == index } }
  }

  /// The laws look at a mesh; without a step it has just begun.
  mutating func judge(_ index: Int, _ step: Sight.Step?) {
    let members = members
    let sight = Sight(
      of: index, members[index].mesh, after: step, at: now,
      living: { members.filter(\.takesPart).map(\.mesh) },
      log: { id in members.first { $0.mesh.facts.me == id }?.mesh.log },
      isContested: members.count { $0.takesPart && $0.mesh.isReflector } > 1)
    broken += laws.check(sight).map { ($0.law, "\(members[index].name): \($0.what)") }
  }

  mutating func carryOut(_ effects: [MeshEffect], of index: Int) {
    var wanted: UInt64?
    for effect in effects {
      if story != nil { tell("        \(effect.text)") }
      switch effect {
      case .send(let packet, let member): send(.packet(packet), from: index, to: member)
      case .probe(let member):
        guard let target = position(of: member), !members[target].isAlive else { continue }
        send(.refusal, from: target, to: members[index].mesh.facts.me)
      case .digestWanted(let sequence): wanted = sequence
      case .deliver, .rollBack, .agreed, .marked, .diverged, .evidence, .undecided, .roster, .reign, .published,
        .backPressure, .branched, .detached, .rejected:
        break
      }
    }
    // The hash of the log stands for the world.
    if let wanted, let chain = members[index].mesh.log.chain(at: wanted), members[index].takesPart {
      step(index, .vote(DigestVote(sequence: wanted, digest: Bytes16(chain.bytes))))
    }
  }

  private func position(of member: Member) -> Int? { members.firstIndex { $0.mesh.facts.me == member } }

  // Flights

  private mutating func send(_ content: BareFlight.Content, from source: Int, to member: Member) {
    guard let target = position(of: member), members[target].takesPart else { return }
    let flight = BareFlight(source: source, target: target, content: content)
    flights.append(flight)
    flightSum.add(flight.mark)
  }

  mutating func takeFlight(_ index: Int) -> BareFlight {
    let flight = flights.remove(at: index)
    flightSum.remove(flight.mark)
    return flight
  }

  mutating func dropFlights(where isLost: (BareFlight) -> Bool) {
    for flight in flights where isLost(flight) { flightSum.remove(flight.mark) }
    flights.removeAll(where: isLost)
  }

  mutating func tell(_ line: String) { story?.append(line) }
}

/// One process of a bare session.
struct BareMember: Sendable {
  let name: String
  let notary: GlassNotary
  /// One mesh, out of line: most states share most meshes.
  private var box: [Mesh]
  var isAlive = true
  /// Its deadlines pass unnoticed until something reaches it.
  var isStopped = false
  /// What tells its mesh from others.
  private(set) var mark = Fingerprint.zero

  init(name: String, notary: GlassNotary, mesh: Mesh) {
    self.name = name
    self.notary = notary
    box = [mesh]
    remark()
  }

  var mesh: Mesh {
    _read { yield box[0] }
    _modify { yield &box[0] }
  }

  /// Alive, and not out of the session.
  var takesPart: Bool {
    if case .detached = mesh.phase { return false }
    return isAlive
  }

  mutating func remark() {
    let mesh = mesh
    mark = Fingerprint { $0.combine(mesh) }
  }
}

/// Something on its way to one member.
struct BareFlight: Sendable {
  enum Content: Hashable, Sendable {
    case packet(Packet)
    /// The answer of the closed port of one that died.
    case refusal
  }

  let source: Int
  let target: Int
  let content: Content
  let mark: Fingerprint

  init(source: Int, target: Int, content: Content) {
    self.source = source
    self.target = target
    self.content = content
    mark = Fingerprint {
      $0.combine(source)
      $0.combine(target)
      $0.combine(content)
    }
  }
}

/// How much may still go wrong.
struct BareBudget: Hashable, Sendable {
  var crashes: Int
  /// Messages that are published.
  var messages: Int
  /// Packets that arrive and stay on their way.
  var duplicates: Int
  /// Processes that are stopped.
  var stops: Int
}
