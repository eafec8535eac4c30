import NIOCore
import NIOPosix
import SeloPeer
import SeloVM

// What would be lost goes to disk, off the event loop, one file after the other.

extension Shell {
  func save(_ branch: Return) {
    save { [plan] in SavedFile(branch, of: W.self, in: plan.session, by: plan.options.name) }
  }

  func save(_ evidence: Evidence) {
    save { [plan] in SavedFile(evidence, of: W.self, in: plan.session, by: plan.options.name) }
  }

  private func save(_ make: @escaping @Sendable () -> SavedFile) {
    guard let saved = plan.saved else { return }
    let eventLoop = eventLoop
    let written = saving.flatMap {
      NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
        let file = make()
        do throws(SessionError) {
          return SessionEvent.saved(file.kind, tick: file.tick, path: try saved.save(file))
        } catch {
          return SessionEvent.notSaved(file.kind, tick: file.tick, error)
        }
      }
    }
    saving = written.assumeIsolated().map { [self] event in observers.yield(event) }.nonisolated()
      .recover { _ in }
  }
}
