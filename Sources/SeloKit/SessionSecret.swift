import Foundation
package import SeloCrypto

/// What lets a peer into a session.
public struct SessionSecret: Sendable {
  package let passphrase: Passphrase

  package init(_ passphrase: Passphrase) { self.passphrase = passphrase }

  /// A passphrase of 8 to 128 bytes, compared in Unicode's normal form C.
  public static func passphrase(_ text: String) throws(SessionError) -> SessionSecret {
    SessionSecret(try PassphraseSource.checked(text, from: "the program"))
  }

  /// A new passphrase of five pronounceable words, 80 bits of chance: show it to the people who may join.
  public static func generate() -> (text: String, secret: SessionSecret)? {
    var entropy = Entropy(seed: Sodium.randomSeed())
    let text = Passphrase.generate(&entropy)
    guard let secret = try? passphrase(text) else { return nil }
    return (text, secret)
  }
}
