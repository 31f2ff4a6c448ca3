/** Which relays are compared doing what: the rows of relay.ts. */
import { cpus } from "node:os";
import type { Target } from "./bench.ts";
import type { Load } from "./relay-run.ts";

export interface Row extends Load {
  readonly work: string;
  readonly system: string;
  readonly peer: string;
  readonly target?: Target;
  /** Its delay, and what it loses, are figures too. */
  readonly judged?: boolean;
  /** What is done on purpose on fewer processors than the peer has is not held to its delay. */
  readonly confined?: boolean;
}

const names = {
  bare: "dgram, bare relay",
  native: "Ringfence, native engine",
  portable: "Ringfence, portable engine",
  rtpengine: "rtpengine, userspace",
} as const;
const atMost = (most: number): Target => ({ kind: "times-peer", most });

export function rowsFor(quick: boolean, hasRtpengine: boolean): readonly Row[] {
  const few = quick ? 100 : 200;
  const row = { streams: few, perSlot: few, peer: names.rtpengine };
  const plain = { ...row, work: "RTP to RTP", secure: false };
  const secure = { ...row, work: "RTP to SRTP and back", secure: true };
  const full = { ...row, work: "RTP to SRTP and back, 500 calls", secure: true, streams: 500, perSlot: 500 };
  const rows: readonly Row[] = [
    { ...plain, system: names.bare, relay: "bare" },
    { ...plain, system: names.native, relay: "native", target: atMost(0.6), judged: true },
    { ...plain, system: names.portable, relay: "portable", target: atMost(2.2) },
    { ...plain, system: names.rtpengine, relay: "rtpengine", judged: true },
    { ...secure, system: names.native, relay: "native", target: atMost(0.6), judged: true },
    { ...secure, system: names.portable, relay: "portable", target: atMost(2.2) },
    { ...secure, system: names.rtpengine, relay: "rtpengine", judged: true },
    { ...full, system: names.native, relay: "native", target: atMost(0.6), judged: true },
    {
      ...full,
      system: `${names.native}, one processor`,
      relay: "native",
      processor: cpus().length - 1,
      target: atMost(0.6),
      judged: true,
      confined: true,
    },
    { ...full, system: names.rtpengine, relay: "rtpengine", judged: true },
    ...(["native", "portable", "rtpengine"] as const).flatMap(growing),
  ];
  return rows.filter(({ relay }) => relay !== "rtpengine" || hasRtpengine);
}

/**
 * 50 calls and 1,000 that speak as often: a packet of each every 60 ms, which 1,000 calls can have on two processors. And, harder than
 * any calls are, 1,000 that share the packets of 50, so that each finds its stream cold.
 */
function growing(relay: "native" | "portable" | "rtpengine"): readonly Row[] {
  const row = { relay, secure: true, peer: "50 calls", streams: 1_000 } as const;
  const target = relay === "rtpengine" ? {} : { target: atMost(1.1) };
  const calls = { ...row, work: `CPU as calls become more, ${names[relay]}` };
  const streams = { ...row, work: `CPU as streams share the same packets, ${names[relay]}` };
  const thrifty: readonly Row[] = [
    { ...calls, system: "50 calls", streams: 50, perSlot: Math.round(50 / 3) },
    { ...calls, system: "1,000 calls", perSlot: Math.round(1_000 / 3), ...target },
  ];
  return [
    // JavaScript does not carry as many on two processors.
    ...(relay === "portable" ? [] : thrifty),
    { ...streams, system: "50 calls", streams: 50, perSlot: 50 },
    { ...streams, system: "1,000 calls", perSlot: 50, ...target },
  ];
}
