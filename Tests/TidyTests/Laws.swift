import Foundation

/// The laws of docs/HACKING.md that can be read off the sources; the compiler and the formatter check the others.
enum Laws {
  /// Rooms without time, sockets, threads and files.
  static let cores: Set = ["SeloWire", "SeloVM", "SeloCrypto", "SeloMesh", "SeloPeer", "SeloSimulator"]
  /// Rooms that read bytes of strangers.
  static let parsers: Set = ["SeloWire", "SeloCrypto"]

  /// What a file of each room may import. The compiler finds some of this out, but only in a clean build, and
  /// nothing stops it from finding a module that another room pulled in.
  static let arrows: [String: Set<String>] = [
    "SeloWire": [],
    // Synchronization: readers of a chunk that is shared may fill in its digests.
    "SeloVM": ["SeloWire", "Synchronization"],
    // Synchronization: the arena of locked memory that secrets share.
    "SeloCrypto": ["SeloWire", "CSodium", "Synchronization"],
    "SeloMesh": ["SeloWire"],
    "SeloPeer": ["SeloWire", "SeloVM", "SeloCrypto", "SeloMesh"],
    "SeloSimulator": ["SeloWire", "SeloVM", "SeloCrypto", "SeloMesh", "SeloPeer"],
    "SeloWorlds": ["SeloVM"],
    "SeloKit": [
      "SeloWire", "SeloVM", "SeloCrypto", "SeloMesh", "SeloPeer", "NIOCore", "NIOPosix", "Foundation", "Glibc",
      "Darwin", "Dispatch",
      "Synchronization",
    ],
    "SeloCommand": [
      "SeloWire", "SeloVM", "SeloKit", "SeloSimulator", "SeloWorlds", "ArgumentParser", "Foundation", "Dispatch",
      "Glibc",
      "Darwin", "Synchronization",
    ],
  ]

  static let imports = Law(name: "no arrow leads there") { source in
    let allowed = arrows[source.room] ?? []
    return source.code.lines(matching: importPattern).filter { line in
      source.code[line].split(separator: " ").last.map { !allowed.contains(String($0)) } ?? true
    }
  }

  static let sodium = Law(
    "libsodium has one user", against: #"\bimport CSodium\b"#,
    exceptions: [
      "Sodium.swift": "the user",
      "Sodium+Agreement.swift": "the user",
      "Sodium+Hashing.swift": "the user",
      "Sodium+Sealing.swift": "the user",
      "Sodium+Signing.swift": "the user",
      "Sodium+Stretching.swift": "the user",
      "Secret.swift": "locks and wipes the memory of secrets before any other call",
    ])

  /// Time, chance and threads come in as values.
  static let calls = Law(
    "a core has no clock, chance, task or output",
    against:
      #"\b(Date|UUID|Hasher)\(|\.random\(|\.shuffled\(|\b(ContinuousClock|SuspendingClock)\b|\bTask\b[^,:)>]*\{|\bprint\("#,
    in: cores.union(["SeloWorlds"]),
    exceptions: ["Fingerprint.swift": "tells states of one search apart, and what it says is never seen outside"])

  /// Functions of the C library give other bits on other systems. Rounding, remainders and roots would give the same,
  /// but with some compilers they are calls, too, and then an application of SeloVM alone does not link.
  static let foreign = Law(
    "SeloVM calls nothing of the C library",
    against:
      #"\.(rounded|round|truncatingRemainder|remainder|squareRoot|form(TruncatingRemainder|Remainder|SquareRoot)|add(ing)?Product)\(|\b(fma|Float80|CGFloat)\b|\b(Foundation|Glibc|Musl|Darwin)\."#,
    in: ["SeloVM"])

  /// The standard library may change how it draws, and hash values differ between processes.
  static let chance = Law(
    "a world draws from its turn",
    against: #"\.(random|randomElement|shuffled?)\(.*\busing:|\.(random|randomElement|shuffled|shuffle)\(\)"#
      + #"|\b(System)?RandomNumberGenerator\b|\bHasher\b|\bhashValue\b"#,
    in: ["SeloVM", "SeloWorlds"])

  static let stored = Law(name: "a core stores no closure, lock or clock", exceptions: storing) { source in
    guard cores.contains(source.room) else { return [] }
    let scopes = Scopes(source.code).lines
    let property =
      #"\b(let|var)\s+\w+\s*(:[^={]*->|.*\b(Mutex|NSLock|Atomic|Dispatch\w+|(Continuous|Suspending)Clock|any Clock|\w*Continuation)\b[<(.])"#
    let payload = #"^\s*(indirect )?case\s+\w+\(.*->"#
    let found = source.code.lines(matching: property + "|" + payload)
    return found.filter { scopes[$0] != .other }
  }

  private static let storing = [
    "Chunk.swift": "readers of a chunk that is shared may fill in its digests",
    "Program.swift": "the world definition, as the engine calls it",
    "Simulation.swift": "the workload that its user writes",
    "Shrinking.swift": "the simulation that it tries over and over",
    "Law.swift": "what a law may look at, made for one judgement and then forgotten",
    "Layout.swift": "how to copy and destroy values of a type, emitted in the module of the world",
    "Operations.swift": "the dispatch table of a node type, emitted in the module of the world",
    "Secret.swift": "the arena of locked memory that all secrets of a process share",
  ]

  static let classes = Law(
    "a core holds no class but machine and secret", against: #"\b(final )?class\s+\w+\b(?!\()"#, in: cores,
    exceptions: [
      "Secret.swift": "copied, a secret would be wiped once and stay elsewhere",
      "Machine.swift": "one machine has one owner; fork() is the copy",
      "Engine.swift": "turns reach the machine through it without breaking exclusivity",
      "BinaryEncoder.swift": "Codable fills containers in any order; a slot lives no longer than one encoding",
      "Chunk.swift": "the storage of nodes and messages, shared between forks until one writes",
      "Lane.swift": "what turns ask for, beside the turn: a turn's methods must not mutate it",
      "LinkBuffer.swift": "an engine's own buffer, emptied again and again",
      "LinkPiece.swift": "a piece of the queue, shared between forks until one appends",
      "Operations.swift": "a table that is made once a type and never changes; a struct would be copied each time",
      "WriteCache.swift": "an engine's short cut to its own chunks",
      "Simulation.swift": "owns the simulated peers",
      "SimulatedPeer.swift": "holds the peer that cannot be copied",
    ])

  static let forced = Law(
    "nothing is forced", against: #"[\w\)\]\}>\"]!(?!=)|\btry!|\bas!"#)

  static let traps = Law(
    "a packet never reaches a trap", against: #"\b(fatalError|precondition|preconditionFailure)\("#, in: parsers)

  static let pointers = Law(
    "no unsafe pointers where strangers' bytes are read", against: #"(?i)\bunsafe|withUnsafe"#, in: parsers,
    exceptions: [
      "ByteReader.swift": "the one place with a bounds check",
      "ByteWriter.swift": "writes the bytes of integers",
      "Sodium.swift": "hands buffers to libsodium",
      "Sodium+Hashing.swift": "hands buffers to libsodium",
      "Sodium+Sealing.swift": "hands buffers to libsodium",
      "Sodium+Stretching.swift": "hands buffers to libsodium",
      "Secret.swift": "owns locked memory",
    ])

  static let length = Law(name: "a file has at most 420 lines") { source in
    source.lines.count > 421 ? [420] : []
  }

  /// The formatter looks after most code, but not after comments; a text that fills its line is left whole.
  static let width = Law(name: "a line has at most 120 columns") { source in
    source.lines.indices.filter { index in
      let text = source.lines[index].trimmingCharacters(in: .whitespaces)
      let isText = text.hasPrefix("\"") || (source.code[index].allSatisfy(\.isWhitespace) && !text.hasPrefix("/"))
      return source.lines[index].count > 120 && !isText
    }
  }

  static let leftovers = Law(name: "what is to do stands in the issues") { source in
    source.lines.lines(matching: #"\b(TODO|FIXME|XXX)\b"#)
  }

  static let importPattern = #"^\s*(@\w+ )*((public|package|internal|private) )?import \w+"#
}
