import Foundation
import SeloKit

/// A child process, and the only handle by which it is ever signalled: its pid stays its own until it is reaped here.
///
/// It hangs on a pipe: when this process dies, however, its standard input ends, and with it the child.
final class Child {
  let pid: pid_t
  private let leash: CInt
  private(set) var isRunning = true
  private(set) var isPaused = false
  /// How it ended: its exit code, or 128 and the signal; nil while it runs.
  private(set) var exitCode: CInt?

  init(_ program: String, _ arguments: [String], environment: [String: String], log: String) throws(SessionError) {
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0 else { throw Self.notStarted(errno) }
    // Only the copy that becomes the child's standard input may outlive an exec, or siblings would hold the leash too.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var child: pid_t = 0
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    let failed = posix_spawn(&child, program, &actions, nil, words, variables)
    for text in words + variables { free(text) }
    posix_spawn_file_actions_destroy(&actions)
    close(ends[0])
    guard failed == 0 else {
      close(ends[1])
      throw Self.notStarted(failed)
    }
    pid = child
    leash = ends[1]
  }

  deinit { end() }

  func kill() {
    guard isRunning else { return }
    Foundation.kill(pid, SIGKILL)
    var result: CInt = 0
    waitpid(pid, &result, 0)
    gone(result)
  }

  /// Asks the child to leave gracefully.
  func terminate() {
    if isRunning { Foundation.kill(pid, SIGTERM) }
  }

  func pause(_ paused: Bool) {
    guard isRunning else { return }
    Foundation.kill(pid, paused ? SIGSTOP : SIGCONT)
    isPaused = paused
  }

  /// Writes a line to the child's standard input.
  func say(_ line: String) {
    guard isRunning else { return }
    _ = write(leash, line + "\n", line.utf8.count + 1)
  }

  /// Notices a child that ended by itself.
  func notice() {
    var result: CInt = 0
    if isRunning, waitpid(pid, &result, WNOHANG) == pid { gone(result) }
  }

  /// Kills the child if it lives.
  func end() { kill() }

  private func gone(_ result: CInt) {
    isRunning = false
    exitCode = result & 0x7f == 0 ? result >> 8 & 0xff : 128 + (result & 0x7f)
    isPaused = false
    close(leash)
  }

  private static func notStarted(_ number: CInt) -> SessionError {
    SessionError(
      .unavailable, "a peer could not be started as a process of its own.",
      why: "The system says: \(SocketError.text(number)).",
      remedy: "check the limits of this shell: ulimit -u, ulimit -n")
  }
}
