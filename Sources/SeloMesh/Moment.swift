import SeloWire

/// When a step happens and who vouches for bytes: handed down through one step, never stored.
struct Moment<Witness: Notary> {
  let now: Instant
  let session: SessionID
  // Last, so that code that is not specialised finds the others without asking how large it is.
  let notary: Witness
}
