// Worlds speak of VirtualTime, Delay and PeerID; `import SeloVM` is enough to have them.
@_exported public import SeloWire
