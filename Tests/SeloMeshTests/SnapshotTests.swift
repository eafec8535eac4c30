import SeloMachineKit
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Snapshots that travel in chunks and are checked in blocks: PROTOCOL section 8.
@Suite struct SnapshotTests {
  private let notary = GlassNotary(identity: Author.fixture(1).identity)

  private func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var chance = Chance(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
  }

  /// Carries requests and chunks to and fro until nothing more is asked for. `spoil` may change a chunk, or lose it.
  private func run(
    _ fetch: inout SnapshotFetch, from blocks: SnapshotBlocks, rounds: Int = 10_000,
    _ spoil: (UInt32, [UInt8]) -> [UInt8]? = { $1 }
  ) -> (asked: Int, taken: [SnapshotFetch.Taken]) {
    var now = Instant(nanoseconds: 1_000_000)
    var asked = 0
    var taken: [SnapshotFetch.Taken] = []
    for _ in 0..<rounds where !fetch.isComplete {
      let requests = fetch.requests(at: now)
      if requests.isEmpty { now = fetch.deadline ?? now }
      for case .chunksWanted(_, let first, let mask) in requests {
        asked += mask.nonzeroBitCount
        for case .chunk(let sequence, let index, let chunk) in blocks.chunks(first, mask) {
          guard let chunk = spoil(index, chunk) else { continue }
          taken.append(fetch.take(chunk, index: index, sequence: sequence, notary: notary))
        }
      }
    }
    return (asked, taken)
  }

  /// One byte, a chunk, a block and one more, and so many blocks that the list of their hashes has two chunks.
  @Test(arguments: [1, 1_024, 1_025, 65_536, 65_537, 300_000, 33 * 65_536 + 7])
  func everySizeArrives(size: Int) {
    let content = bytes(size)
    let blocks = SnapshotBlocks(content, at: 9, notary: notary)
    var fetch = SnapshotFetch(blocks.offer)
    let (asked, taken) = run(&fetch, from: blocks)
    let isWhole = fetch.assembled == content
    #expect(isWhole)
    #expect(asked == fetch.progress.all && taken.allSatisfy { $0 == .kept })
  }

  @Test func whatIsLostIsAskedForAgain() {
    let content = bytes(400_000)
    let blocks = SnapshotBlocks(content, at: 9, notary: notary)
    var fetch = SnapshotFetch(blocks.offer)
    var chance = Chance(seed: 3)
    let (asked, _) = run(&fetch, from: blocks) { _, chunk in chance.happens(300) ? nil : chunk }
    let isWhole = fetch.assembled == content
    #expect(isWhole)
    #expect(asked < 2 * fetch.progress.all)
  }

  /// A false chunk costs its block, and nothing else.
  @Test func aBadBlockIsRefusedAlone() {
    let content = bytes(300_000)
    let blocks = SnapshotBlocks(content, at: 9, notary: notary)
    var fetch = SnapshotFetch(blocks.offer)
    var spoiled = 1
    let (asked, taken) = run(&fetch, from: blocks) { index, chunk in
      guard index == 100, spoiled > 0 else { return chunk }
      spoiled -= 1
      return chunk.map { $0 ^ 1 }
    }
    #expect(taken.count { $0 == .badBlock } == 1)
    #expect(asked == fetch.progress.all + 64)
    let isWhole = fetch.assembled == content
    #expect(isWhole)
  }

  @Test func aListThatIsNotTheRootsIsRefused() {
    let blocks = SnapshotBlocks(bytes(300_000), at: 9, notary: notary)
    var fetch = SnapshotFetch(blocks.offer)
    var spoiled = 2
    let (_, taken) = run(&fetch, from: blocks) { index, chunk in
      guard index == 0, spoiled > 0 else { return chunk }
      spoiled -= 1
      return chunk.map { $0 ^ 0x80 }
    }
    #expect(taken.prefix(2).allSatisfy { $0 == .badList })
    #expect(fetch.isComplete)
  }

  /// Nothing can be checked before the list is here, so nothing else is taken.
  @Test func chunksThatFitNowhereAreIgnored() {
    let blocks = SnapshotBlocks(bytes(70_000), at: 9, notary: notary)
    var fetch = SnapshotFetch(blocks.offer)
    let kilobyte = [UInt8](repeating: 7, count: 1_024)
    #expect(fetch.take(kilobyte, index: 1, sequence: 9, notary: notary) == .ignored)
    #expect(fetch.take(kilobyte, index: 0, sequence: 9, notary: notary) == .ignored)
    #expect(fetch.take(kilobyte, index: .max, sequence: 9, notary: notary) == .ignored)
    #expect(fetch.take([], index: 0, sequence: 9, notary: notary) == .ignored)
    #expect(blocks.chunks(.max, .max).isEmpty && blocks.chunks(70, .max).isEmpty)
    guard case .chunk(_, _, let list)? = blocks.chunks(0, 1).first else { return #expect(Bool(false)) }
    #expect(fetch.take(list, index: 0, sequence: 8, notary: notary) == .ignored)
    #expect(fetch.take(list, index: 0, sequence: 9, notary: notary) == .kept)
    #expect(fetch.take(list, index: 0, sequence: 9, notary: notary) == .ignored)
  }

  /// Another holder of the same bytes gives the rest; what was not checked is asked for again.
  @Test func itGoesOnElsewhere() {
    let content = bytes(600_000)
    let here = SnapshotBlocks(content, at: 9, notary: notary)
    let there = SnapshotBlocks(content, at: 9, notary: notary)
    #expect(here.offer == there.offer)
    var fetch = SnapshotFetch(here.offer)
    var arrived = 0
    _ = run(&fetch, from: here, rounds: 40) { _, chunk in
      arrived += 1
      return arrived > 350 ? nil : chunk
    }
    #expect(fetch.progress.held == 350 && fetch.hasBlocks)
    fetch.forgetUnchecked()
    // The list, and five whole blocks.
    #expect(fetch.progress.held == 1 + 5 * 64)
    let before = fetch.progress.held
    let (asked, _) = run(&fetch, from: there)
    #expect(asked == fetch.progress.all - before)
    let isWhole = fetch.assembled == content
    #expect(isWhole)
  }

  @Test func theRootTellsSnapshotsApart() {
    let content = bytes(100_000)
    var other = content
    other[99_999] ^= 1
    let roots = [content, other, content + [0], Array(content.dropLast())].map {
      SnapshotBlocks($0, at: 9, notary: notary).offer.root
    }
    #expect(Set(roots).count == 4)
    let nothing = SnapshotFetch(SnapshotBlocks(content, at: 9, notary: notary).offer)
    #expect(!nothing.hasBlocks && nothing.assembled == nil)
  }
}
