/** Why a packet was not relayed: the closed list, also the label of a metric. The position is the counter's index in a worker. */
export const dropReasons = [
  "not-configured",
  "too-large",
  "stun",
  "dtls",
  "not-media",
  "bad-rtp",
  "bad-rtcp",
  "rtcp-unwanted",
  "rtcp-on-rtp-port",
  "rtp-on-rtcp-port",
  "foreign-source",
  "learning",
  "awaiting-keys",
  "srtp-authentication",
  "srtp-replay",
  "srtp-other",
  "converted",
  "no-target",
  "protect-failed",
  "send-failed",
  "bug",
] as const;

export type DropReason = (typeof dropReasons)[number];

/** Indexes into dropReasons, for the packet path. */
export const drop = Object.fromEntries(dropReasons.map((reason, index) => [reason, index])) as Readonly<
  Record<DropReason, number>
>;
