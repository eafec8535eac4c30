import SeloVM

// Programs as the Swift that makes them, to be pasted into a test.
extension RandomLog {
  /// A test that runs the program in that way.
  package func test(_ variant: Variant, named name: String) -> String {
    """
    @Test("\(name)") func programThatFailed() {
      let log = RandomLog([
    \(frames.map { "    " + $0.source }.joined(separator: "\n"))
      ]\(arguments), seed: \(seed))
      #expect(log.difference(\(variant.source)) == nil)
    }
    """
  }

  private var arguments: String {
    var text = ""
    if limits != .standard {
      text += ", limits: MachineLimits(messagesPerInstant: \(limits.messagesPerInstant)"
      text += ", zeroDelayDepth: \(limits.zeroDelayDepth)"
      text += ", nodes: \(limits.nodes), pendingMessages: \(limits.pendingMessages))"
    }
    if !skips.isEmpty {
      text += ", skips: [" + skips.map { ".init(\($0.frame), \($0.place), \($0.ordinal))" }.joined(separator: ", ")
      text += "]"
    }
    return text
  }
}

extension RandomLog.Frame {
  fileprivate var source: String {
    if items.count < 2 { return ".init(\(time), [\(items.map(\.source).joined())])," }
    return ".init(\n      \(time),\n      [\n" + items.map { "        \($0.source),\n" }.joined() + "      ]),"
  }
}

extension RandomLog.Item {
  fileprivate var source: String {
    switch self {
    case .script(let script, let author): ".script(\(script.source), author: \(author))"
    case .joined(let peer): ".joined(\(peer))"
    case .left(let peer): ".left(\(peer))"
    case .letter(let number, let script): ".letter(\(number), \(script.source))"
    case .noise(let byte): ".noise(\(byte))"
    case .noisyLetter(let number): ".noisyLetter(\(number))"
    }
  }
}

extension Script {
  fileprivate var source: String { "Script(\((["\(tag)"] + steps.map(\.source)).joined(separator: ", ")))" }
}

extension Step {
  fileprivate var source: String {
    switch self {
    case .send(let index, let delay, let script): ".send(\(index), after: \(delay), \(script.source))"
    case .tell(let count, let first, let delay, let script):
      ".tell(\(count), from: \(first), after: \(delay), \(script.source))"
    case .report(let delay, let script): ".report(after: \(delay), \(script.source))"
    case .future(let delay, let script): ".future(\(delay), \(script.source))"
    case .spawnAndSend(let script): ".spawnAndSend(\(script.source))"
    case .ring(let index, let delay, let stroke): ".ring(\(index), after: \(delay), .\(stroke))"
    case .ringMany(let count, let first, let delay, let stroke):
      ".ringMany(\(count), from: \(first), after: \(delay), .\(stroke))"
    case .store(let index, let delay, let hops): ".store(\(index), after: \(delay), hops: \(hops))"
    case .again, .chain, .cancel, .cancelAll, .falter, .spawn, .crowd, .destroy, .emit, .post, .draw, .fail, .reject,
      .set,
      .raiseAll, .tuneAll, .count, .introduce, .acquaint:
      // Their own description is their source.
      ".\(self)"
    }
  }
}

extension Variant {
  fileprivate var source: String {
    var parts = [".\(dispatch)"]
    for (name, isOn) in [("forks", forks), ("rollbacks", rollbacks), ("restores", restores), ("pieces", pieces)]
    where isOn {
      parts.append("\(name): true")
    }
    return "Variant(\((parts + ["seed: \(seed)"]).joined(separator: ", ")))"
  }
}
