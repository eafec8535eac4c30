import SeloCrypto

/// Every pattern of the published vectors, in the notation of Noise §7.4, §7.5 and appendix 18.1:
/// what the initiator's static is known by, the responder's, then the messages.
private let table = """
  N    - s  e.es
  K    s s  e.es.ss
  X    - s  e.es.s.ss
  NN   - -  e  e.ee
  NK   - s  e.es  e.ee
  NX   - -  e  e.ee.s.es
  XN   - -  e  e.ee  s.se
  XK   - s  e.es  e.ee  s.se
  XX   - -  e  e.ee.s.es  s.se
  KN   s -  e  e.ee.se
  KK   s s  e.es.ss  e.ee.se
  KX   s -  e  e.ee.se.s.es
  IN   - -  e.s  e.ee.se
  IK   - s  e.es.s.ss  e.ee.se
  IX   - -  e.s  e.ee.se.s.es
  NK1  - s  e  e.ee.es
  NX1  - -  e  e.ee.s  es
  X1N  - -  e  e.ee  s  se
  X1K  - s  e.es  e.ee  s  se
  XK1  - s  e  e.ee.es  s.se
  X1K1 - s  e  e.ee.es  s  se
  X1X  - -  e  e.ee.s.es  s  se
  XX1  - -  e  e.ee.s  es.s.se
  X1X1 - -  e  e.ee.s  es.s  se
  K1N  s -  e  e.ee  se
  K1K  s s  e.es  e.ee  se
  KK1  s s  e  e.ee.se.es
  K1K1 s s  e  e.ee.es  se
  K1X  s -  e  e.ee.s.es  se
  KX1  s -  e  e.ee.se.s  es
  K1X1 s -  e  e.ee.s  se.es
  I1N  - -  e.s  e.ee  se
  I1K  - s  e.es.s  e.ee  se
  IK1  - s  e.s  e.ee.se.es
  I1K1 - s  e.s  e.ee.es  se
  I1X  - -  e.s  e.ee.s.es  se
  IX1  - -  e.s  e.ee.se.s  es
  I1X1 - -  e.s  e.ee.s  se.es
  """

/// The pattern of a name such as `KNpsk2`; nil of one that the table lacks.
func noisePattern(named name: String) -> HandshakePattern? {
  let parts = name.split(separator: "psk")
  for line in table.split(separator: "\n") {
    let fields = line.split(separator: " ").map(String.init)
    guard fields[0] == parts[0] else { continue }
    let pattern = HandshakePattern(
      fields[0], initiatorKnown: fields[1] == "s" ? [.s] : [], responderKnown: fields[2] == "s" ? [.s] : [],
      messages: fields[3...].map { message in
        message.split(separator: ".").compactMap { HandshakePattern.Token(rawValue: String($0)) }
      })
    guard parts.count == 2, let position = Int(parts[1]) else { return pattern }
    return pattern.withPsk(position)
  }
  return nil
}
