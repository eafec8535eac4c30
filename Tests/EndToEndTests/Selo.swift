import Foundation
import Testing

@testable import SeloCommand

/// The command as people run it: a process of its own, in a house of its own, on loopback or on a host of a test's
/// network.
final class House {
  /// Wrong guesses of one test must not close the doors of another: all come from one address.
  private let discoveryPort: UInt16
  let path = "/tmp/selo-e2e-\(getpid())-\(UInt32.random(in: 0 ... .max))"

  /// A house; with another one, one whose people look for each other on the same port.
  init(meeting other: House? = nil) throws {
    discoveryPort = other?.discoveryPort ?? UInt16.random(in: 20_000...60_000)
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
    let words = Self.words(arguments, on: host)
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = environment(on: host)
    let output = path + "/\(UUID()).out"
    let errors = path + "/\(UUID()).err"
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    return Running(process: process, output: output, errors: errors)
  }

  /// Starts `selo` on a leash: it can be killed, stopped and spoken to, and ends with this process, however that does.
  /// What it tells is appended to `log`.
  func child(_ arguments: [String], on host: Host?, log: String) throws -> Child {
    let words = Self.words(arguments, on: host)
    return try Child(words[0], Array(words.dropFirst()), environment: environment(on: host), log: log)
  }

  private func environment(on host: Host?) -> [String: String] {
    ProcessInfo.processInfo.environment.merging([
      "XDG_STATE_HOME": path + "/state", "XDG_RUNTIME_DIR": path, "SELO_INTERFACE": host == nil ? "lo" : "eth1",
      "NO_COLOR": "1", "SELO_DISCOVERY_PORT": "\(discoveryPort)",
    ]) { $1 }
  }

  /// `ip netns exec` becomes the program: its process is that of `selo`.
  private static func words(_ arguments: [String], on host: Host?) -> [String] {
    (host.map { [Host.ip, "netns", "exec", $0.name] } ?? []) + [program.path] + arguments
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
