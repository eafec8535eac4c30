import Foundation

/// The variables of this process.
package enum Environment {
  package static var current: [String: String] { ProcessInfo.processInfo.environment }
}
