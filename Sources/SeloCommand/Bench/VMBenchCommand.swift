import ArgumentParser
import SeloKit

/// Measures the machine that runs worlds.
struct VMBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vm", abstract: "Measure the machine that runs worlds.",
    discussion: """
      Medians of repeats, on the processor and by the clock on the wall, for nodes that wake at equal times (aligned), \
      in rhythms of their own (scattered), send to a neighbour (ring), and for external messages (root).

      With --messages one workload runs that many messages and nothing is measured: for valgrind and perf. Run it with \
      a number and with twice that number; the difference is free of what comes before the first message.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "How often each figure is measured.")
  var repeats = 5

  @Option(
    help: ArgumentHelp(
      "Only this workload; may be repeated. One of: \(Workload.all.map(\.name).joined(separator: ", ")).",
      valueName: "name"))
  var workload: [String] = []

  @Option(help: "Only run so many messages of one workload, and print how many there were.")
  var messages: UInt64?

  @Flag(help: "Do not tell what is being measured.")
  var quiet = false

  func validate() throws {
    guard repeats > 0 else { throw ValidationError("--repeats is at least 1.") }
    for name in workload where !Workload.all.contains(where: { $0.name == name }) {
      throw ValidationError("--workload is one of \(Workload.all.map(\.name).joined(separator: ", ")).")
    }
    guard messages == nil || workload.count == 1 else { throw ValidationError("--messages needs one --workload.") }
  }

  func run() {
    let workloads = Workload.all.filter { workload.isEmpty || workload.contains($0.name) }
    if let messages, let only = workloads.first {
      Output.result("\(Stretch.run(only, messages: messages))")
      return
    }
    if MachineLine.isDebug { note("selo: this is a debug build; its figures say little.") }
    let rows = VMBench(repeats: repeats, lanes: WorkerLanes()).run(workloads) { note("measuring \($0)") }
    let report = VMReport(repeats: repeats, rows: rows)
    if json { Output.result(json: report) } else { Output.result(report.text) }
  }

  private func note(_ text: String) {
    if !quiet { Output.note(text) }
  }
}
