import Foundation

/// The outcome of `selo bench vm`, for people and for programs.
struct VMReport: Encodable {
  let machine = MachineLine()
  let repeats: Int
  let rows: [VMBench.Row]

  private struct Field: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Medians stand under their names, `spread` holds the least and the greatest repeat, `wall` the medians by the clock
  /// on the wall. What a workload does not have is null.
  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Field.self)
    try object.encode("selo.bench.vm/1", forKey: Field(stringValue: "schema"))
    try object.encode(machine, forKey: Field(stringValue: "machine"))
    try object.encode(repeats, forKey: Field(stringValue: "repeats"))
    var workloads = object.nestedUnkeyedContainer(forKey: Field(stringValue: "workloads"))
    for row in rows {
      var line = workloads.nestedContainer(keyedBy: Field.self)
      try line.encode(row.workload.name, forKey: Field(stringValue: "workload"))
      try line.encode(row.workload.nodes, forKey: Field(stringValue: "nodes"))
      try Self.encode(row, into: &line) { $0.median }
      var spread = line.nestedContainer(keyedBy: Field.self, forKey: Field(stringValue: "spread"))
      try Self.encode(row, into: &spread) { [$0.low, $0.high] }
      var wall = line.nestedContainer(keyedBy: Field.self, forKey: Field(stringValue: "wall"))
      try Self.encode(row, into: &wall) { $0.wall }
    }
  }

  private static func encode(
    _ row: VMBench.Row, into line: inout KeyedEncodingContainer<Field>, _ part: (Figure) -> some Encodable
  ) throws {
    for measure in Measure.allCases {
      try line.encode(row.figures[measure].map(part), forKey: Field(stringValue: measure.rawValue))
    }
  }

  /// One block for each workload: median, spread, and wall time.
  var text: String {
    var lines = [machine.text, "medians of \(repeats) repeats on the processor (least to greatest; by the wall clock)"]
    for row in rows {
      lines.append("\n\(row.workload.name)")
      for measure in Measure.allCases {
        guard let figure = row.figures[measure] else { continue }
        let name = measure.rawValue.padding(toLength: 22, withPad: " ", startingAt: 0)
        let median = String(repeating: " ", count: max(0, 12 - Self.written(figure.median).count))
        var line = "  \(name)\(median)\(Self.written(figure.median))"
        if figure.low != figure.high {
          line += "   (\(Self.written(figure.low)) to \(Self.written(figure.high)); \(Self.written(figure.wall)))"
        }
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Three digits that count, or all of those before the point.
  private static func written(_ value: Double) -> String {
    let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 1 ? 2 : 3
    return String(format: "%.\(digits)f", value)
  }
}
