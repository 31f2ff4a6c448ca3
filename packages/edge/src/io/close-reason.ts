/** Why a connection ended or was never taken: a closed list, because it is a label of a metric (threat L10). */
export const closeReasons = [
  /** The other side closed it, or the network lost it. */
  "peer",
  /** We were done with it: a reload, a drain, the end. */
  "ours",
  /** A reload no longer allows it, and nothing on it stands. */
  "forbidden",
  /** The octets could not be framed. */
  "broken",
  /** TLS, the WebSocket upgrade or our own connecting took too long or failed. */
  "handshake",
  /** Connected, and no whole message came. */
  "silent",
  /** A message began and did not end. */
  "slow-message",
  /** Messages, but no registration. */
  "unregistered",
  "idle",
  /** It does not read what we send. */
  "not-reading",
  /** The source holds `defence.source.connections` already. */
  "source-full",
  /** The source connects too often. */
  "source-rate",
  /** No more connections in all. */
  "table-full",
  /** `defence.strangers.connections` are there, and no source holds more of them than this one. */
  "strangers-full",
  /** A stranger's, ended for one of a source that holds fewer. */
  "made-room",
] as const;

export type CloseReason = (typeof closeReasons)[number];

/** How long a connection may do what, in milliseconds. Keep-alives extend none of them but `idle`. */
export interface ConnectionDeadlines {
  /** TLS handshake and WebSocket upgrade together. Two round trips on a slow line need far less. */
  readonly handshake: number;
  /** From a message's first octet to its last. */
  readonly message: number;
  /** From the connection to the end of the first message, handshakes included. */
  readonly first: number;
  /** Without a registration, and without a call: time to answer a challenge or two. */
  readonly unregistered: number;
  /** Without any octet: longer than phones let a registration last. */
  readonly idle: number;
  /** For the last octets of ours to be read. */
  readonly goodbye: number;
}

export const connectionDeadlines: ConnectionDeadlines = {
  handshake: 8_000,
  message: 8_000,
  first: 8_000,
  unregistered: 30_000,
  idle: 70 * 60_000,
  goodbye: 2_000,
};
