/// Every bound of the protocol, with the reason for its number. Nothing in Selo grows without one.
package enum Limits {
  // Datagrams and packets

  /// Bytes of one UDP payload: fits Ethernet's 1,500 and common tunnels (IPv6 minimum 1,280) without IP fragments.
  package static let datagramBytes = 1_200
  /// Bytes of one packet after reassembly: the largest frame and its header, with room to spare.
  package static let packetBytes = 64 * 1_024
  /// Bytes of one encoded frame.
  package static let frameBytes = 48 * 1_024
  /// Bytes of the messages in one envelope, each with its length, so that one envelope always fits a frame.
  package static let envelopeBytes = 32 * 1_024
  /// Bytes of one external message.
  package static let messageBytes = 24 * 1_024
  /// Messages in one envelope: a count that fits its field and bounds the work of one signature check.
  package static let envelopeMessages = 4_096
  /// Envelopes in one frame.
  package static let frameEnvelopes = 1_024
  /// Padding rounds sealed lengths up to this, so that lengths tell less.
  package static let paddingBytes = 32
  /// How far behind the newest counter a datagram may come (WireGuard uses 8,128; a LAN reorders less).
  package static let replayWindow = 2_048

  /// Bytes of a packet that travels as one datagram, whatever its kind.
  package static let lonePacketBytes = 1_120
  /// Bytes of a frame that travels in such a packet, with its signature and lengths.
  package static let loneFrameBytes = lonePacketBytes - 113
  /// Bytes in the reflector's queue up to which frames stay that small: 64 frames' worth, as many as may be unagreed.
  package static let calmQueueBytes = 64 * 1_024

  // Members

  /// Members of a session.
  package static let members = 256
  /// Voters by default: quorum arithmetic of seven, however many observe.
  package static let voters = 7
  /// Identities that were put out and are remembered: as many as there can be members.
  package static let bans = 256
  /// Decisions of hosts that one peer holds until they stand in the log.
  package static let decisions = 32
  /// Bytes of a member's name.
  package static let nameBytes = 48
  /// Addresses kept per member.
  package static let addresses = 3
  /// Bytes of a session's or world's name.
  package static let sessionNameBytes = 48

  /// The highest term number or member id that is taken from others: so far below the end of its width that counting on
  /// from it cannot overflow.
  package static let termNumber: UInt32 = 1 << 31

  /// How far ahead of its own promise a peer believes others' term numbers: more elections than a session lives to see
  /// while one peer is away, and so few that no liar brings the numbers to their end.
  package static let termAdvance: UInt32 = 1 << 16

  /// Branches behind the trunk that are named: a deeper one takes its parent's place. Six fit what a door shows of its
  /// lineage.
  package static let branchDepth = 6

  // Log and repair

  /// Frames the log keeps; at fifty a second twenty minutes.
  package static let logFrames = 65_536
  /// Bytes the log keeps.
  package static let logBytes = 32 * 1_024 * 1_024
  /// Frames held ahead of a gap.
  package static let framesAhead = 1_024
  /// Bytes held ahead of a gap.
  package static let bytesAhead = 8 * 1_024 * 1_024
  /// Frames one repair request may ask for.
  package static let repairFrames = 64
  /// Gaps asked about at a time, each by a request.
  package static let repairGaps = 8
  /// How long such a request waits for its answer before it is repeated, at most: as long as a silence may be.
  package static let repairAnswer = Delay.milliseconds(500)
  /// Frames a world may run ahead of the agreed tick.
  package static let receivedAhead = 64
  /// Envelopes of one author held ahead of a gap.
  package static let envelopesAhead = 64
  /// Authors whose last sequence is remembered.
  package static let authors = 1_024
  /// Entries of term history that travel.
  package static let history = 256
  /// Own messages not yet final: beyond, `publish` reports back-pressure.
  package static let outboxMessages = 10_000
  /// Bytes of own messages not yet final.
  package static let outboxBytes = 8 * 1_024 * 1_024
  /// Bytes of fresh frames on their way to one receiver: at first, at least (one frame of full size), at most.
  package static let windowStart: UInt64 = 256 * 1_024
  package static let windowLeast: UInt64 = 64 * 1_024
  package static let windowMost: UInt64 = 4 * 1_024 * 1_024
  /// Bytes of frames that are not agreed: beyond, the reflector orders nothing and authors feel it.
  package static let unagreedBytes: UInt64 = 2 * 1_024 * 1_024
  /// Repair requests answered per member in a tenth of a second: each may cost 48 KiB.
  package static let repairsPerTenth = 64
  /// Who lacks no more frames than these has caught up, however old they are.
  package static let caughtUpFrames: UInt64 = 5
  /// A voter that lags so many frames behind the agreed one for ``slowPatience`` while it is heard loses its vote.
  package static let slowFrames: UInt64 = 128
  package static let slowPatience = Delay.seconds(4)
  /// Tick periods: below, acks cost more than messages; above, a silence limit of four ticks would be beyond patience.
  package static let tickPeriods = Delay.milliseconds(5)...Delay.milliseconds(200)
  /// The least tick period for each member, since each acks once a tick.
  package static let tickPerMember = Delay.milliseconds(1)
  /// Frames a second at most; above, frames grow instead.
  package static let frameSpacing = Delay.milliseconds(1)
  /// The most one stamp may advance virtual time: a sleep is a pause, not a jump.
  package static let stampAdvance = Delay.milliseconds(250)

  // Snapshots

  /// Bytes of one snapshot.
  package static let snapshotBytes = 256 * 1_024 * 1_024
  /// Bytes of one chunk of a snapshot: with its header one datagram, so that a lost one costs no other.
  package static let chunkBytes = 1_024
  /// Chunks that one request may name.
  package static let chunksWanted = 64
  /// Joiners served with a snapshot at once.
  package static let snapshotReaders = 2

  // Strangers (SECURITY section 6)

  /// Joins in progress, in all and per address.
  package static let joinsPending = 32
  package static let joinsPendingPerAddress = 4
  /// How long an unfinished join is remembered.
  package static let joinPatience = Delay.seconds(5)
  /// How long a guest may wait for the roster frame that takes it in: longer than an election.
  package static let guestPatience = Delay.seconds(15)
  /// How long a joiner that was let in waits for the next step before it knocks at another door.
  package static let entryPatience = Delay.seconds(4)
  /// How long who is out of a session looks for its own lineage, or a better one, before any will do: five beacons.
  package static let returnPatience = Delay.seconds(5)
  /// How long a member tries to get into a lineage that may be better, and leaves it alone if it is not.
  package static let crossingPatience = Delay.seconds(15)
  /// Who decides within this time of each other about founding looks who has the lowest nonce: wider than queries
  /// travel on a LAN that is busy, narrower than anybody waits gladly.
  package static let foundingTogether = Delay.milliseconds(100)
  /// What the others give such a one for founding and being heard.
  package static let foundingPatience = Delay.milliseconds(150)
  /// Others that seek at the same time and are remembered.
  package static let rivals = 256
  /// An unlisted session may be another founding of this one's name. Its door tells, but each knock lets whoever is
  /// behind it guess at the passphrase once: so one such session a minute is asked, and none twice in an hour.
  package static let foreignSpacing = Delay.seconds(60)
  package static let foreignPatience = Delay.seconds(3_600)
  /// Addresses of former members that still hear of this session, and for how long.
  package static let formerMembers = 64
  package static let formerPatience = Delay.seconds(3_600)
  /// Doors of one session that must refuse before the passphrase is held for wrong: one may have died in between.
  package static let refusals = 2
  /// Password exchanges per second and address: each costs group operations.
  package static let exchangesPerSecond = 20
  package static let exchangesPerSecondPerAddress = 2
  /// Wrong guesses per minute and address.
  package static let failedGuessesPerMinute = 3
  /// HELLOs answered per second, in all and per address.
  package static let hellosPerSecond = 50
  package static let hellosPerSecondPerAddress = 20
  /// Sources of beacons remembered.
  package static let beaconSources = 256
}
