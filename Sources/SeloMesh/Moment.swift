import SeloWire

/// When a step happens and who vouches for bytes: handed down through one step, never stored.
struct Moment<Witness: Notary> {
  let now: Instant
  let notary: Witness
  let session: SessionID
}
