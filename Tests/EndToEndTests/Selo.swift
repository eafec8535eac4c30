import Foundation
import Testing

/// The command as people run it: a process of its own, in a house of its own, on loopback only.
struct House: ~Copyable {
  /// Wrong guesses of one test must not close the doors of another: all come from one address.
  private let discoveryPort: UInt16
  let path = "/tmp/selo-e2e-\(getpid())-\(UInt32.random(in: 0 ... .max))"

  init() throws { try self.init(discoveryPort: UInt16.random(in: 20_000...60_000)) }

  /// Another house whose people look for each other on the same port.
  init(meeting other: borrowing House) throws { try self.init(discoveryPort: other.discoveryPort) }

  private init(discoveryPort: UInt16) throws {
    self.discoveryPort = discoveryPort
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, _ name: String) throws -> String {
    let file = path + "/" + name
    let made = FileManager.default.createFile(
      atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    #expect(made)
    return file
  }

  /// Starts `selo` and leaves it running.
  func start(_ arguments: [String], on host: Host? = nil) throws -> Running {
    let process = Process()
    process.executableURL = host == nil ? Self.program : URL(fileURLWithPath: Host.ip)
    process.arguments = (host.map { ["netns", "exec", $0.name, Self.program.path] } ?? []) + arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "XDG_STATE_HOME": path + "/state", "XDG_RUNTIME_DIR": path, "SELO_INTERFACE": host == nil ? "lo" : "eth1",
      "NO_COLOR": "1", "SELO_DISCOVERY_PORT": "\(discoveryPort)",
    ]) { $1 }
    let output = path + "/\(UUID()).out"
    let errors = path + "/\(UUID()).err"
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    return Running(process: process, output: output, errors: errors)
  }

  /// Runs `selo` to its end.
  func run(_ arguments: String..., on host: Host? = nil) async throws -> Ended {
    let running = try start(arguments, on: host)
    await withCheckedContinuation { ended in
      // Waiting is done on a thread of its own: other tests need those of the pool.
      Thread.detachNewThread { [process = running.process] in
        process.waitUntilExit()
        ended.resume()
      }
    }
    return Ended(
      code: running.process.terminationStatus, output: text(running.output), errors: text(running.errors))
  }

  func text(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }

  /// Beside the test bundle, where the package manager builds it.
  private static var program: URL {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
    let beside = bundle ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return beside.appendingPathComponent("selo")
  }
}

struct Running {
  let process: Process
  let output: String
  let errors: String

  /// Asks the process to leave and waits until it has: its house is torn down next.
  func end() {
    process.terminate()
    process.waitUntilExit()
  }
}

struct Ended {
  let code: Int32
  let output: String
  let errors: String

  /// The objects of the output, one a line.
  var objects: [[String: Any]] {
    output.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }
}
