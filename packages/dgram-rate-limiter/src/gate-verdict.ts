/**
 * `shared`: banned, and phones that registered are behind that address: they alone are to be heard.
 * `strangersFull`: all strangers together have sent what they may; it would have passed at another time.
 * Small integers, because the gate answers for every datagram before anything is allocated for it.
 */
export const gateVerdict = {
  pass: 0,
  overRate: 1,
  banned: 2,
  junkShape: 3,
  oversize: 4,
  noAddress: 5,
  strangersFull: 6,
  denied: 7,
  shared: 8,
} as const;
export type GateVerdict = (typeof gateVerdict)[keyof typeof gateVerdict];

/** By verdict: the label in metrics and logs; `shared` is told as `banned`. */
export const gateVerdictNames = [
  "pass",
  "over-rate",
  "banned",
  "junk-shape",
  "oversize",
  "no-address",
  "strangers-full",
  "denied",
] as const;

/** A start line begins with a token character (RFC 3261 §25.1: a method, or `SIP/2.0`); CR and LF are keep-alives (RFC 5626 §3.5.1). */
export const startBytes = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~\r\n") {
  startBytes[character.charCodeAt(0)] = 1;
}
