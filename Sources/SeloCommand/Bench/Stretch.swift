/// A run that is not timed, for tools that count instructions.
enum Stretch {
  /// Runs whole frames until at least so many messages have had their turn, and says how many had. A swarm of one
  /// rhythm has exactly one for each node and frame.
  static func run(_ workload: Workload, messages: UInt64) -> UInt64 {
    var rig = Rig(workload)
    let perFrame = rig.messagesPerFrame
    for _ in 0..<(messages + perFrame - 1) / perFrame { rig.runFrame() }
    return rig.messages
  }
}
