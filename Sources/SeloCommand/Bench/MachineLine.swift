import Foundation

/// What a figure was measured on: without it a figure says nothing.
struct MachineLine: Encodable {
  let processor = Self.processorName
  let cores = ProcessInfo.processInfo.activeProcessorCount
  let system = ProcessInfo.processInfo.operatingSystemVersionString
  let swift = Self.swiftVersion
  let build = Self.isDebug ? "debug" : "release"

  var text: String { "\(processor), \(cores) cores, \(system), Swift \(swift), \(build) build" }

  static var isDebug: Bool {
    var isDebug = false
    assert({ isDebug = true }() == ())
    return isDebug
  }

  private static var processorName: String {
    let facts = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = facts.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return name ?? "unknown processor"
  }

  /// There is no way to ask at run time.
  private static var swiftVersion: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}

/// What this process holds in memory.
enum ResidentMemory {
  /// The second number of `/proc/self/statm`, in bytes, after the allocator has given back what it holds in reserve;
  /// nil where there is no such file.
  static var bytes: Int? {
    giveBack()
    let facts = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = facts?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
  }

  /// glibc's `malloc_trim`, which its Swift module does not show.
  private static func giveBack() {
    guard let symbol = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
  }
}
