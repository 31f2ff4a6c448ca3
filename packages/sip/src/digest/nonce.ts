import { createHmac, timingSafeEqual } from "node:crypto";
import { Bug } from "../bug.ts";
import type { Millis } from "../outside.ts";
import { HEX, isWhole } from "../parse/octets.ts";

/*
 * Nonces without a table: time and source under a keyed hash. A flood of requests that need a challenge leaves nothing
 * in memory. They do not stop a replay within their life; counting `nc` is for who needs it.
 */

export interface NonceContext {
  /** At least 16 secret octets, made at start. */
  readonly key: Uint8Array;
  readonly now: Millis;
  /** Whom the nonce is for: the socket's address, say. Another source cannot use it. */
  readonly source: string;
}

export type NonceVerdict = "fresh" | "stale" | "foreign";

const TIME_DIGITS = 12;
const MAC_OCTETS = 16;
const MIN_KEY = 16;

/** 44 hexadecimal digits: 48 bits of milliseconds, 128 bits of HMAC-SHA-256. */
export function issueNonce(context: NonceContext): string {
  const time = Math.floor(context.now).toString(16).padStart(TIME_DIGITS, "0");
  return time + mac(context, time).toString("hex");
}

/**
 * `stale`: ours, but older than `maxAge` milliseconds, so the client may try again with a new one without asking its user
 * (RFC 7616 §3.3). The hash is checked before the time is believed.
 */
export function checkNonce(context: NonceContext, nonce: string, maxAge: Millis): NonceVerdict {
  if (nonce.length !== TIME_DIGITS + 2 * MAC_OCTETS || !isWhole(nonce, HEX)) return "foreign";
  const time = nonce.slice(0, TIME_DIGITS);
  if (!timingSafeEqual(Buffer.from(nonce.slice(TIME_DIGITS), "hex"), mac(context, time))) return "foreign";
  const age = context.now - Number.parseInt(time, 16);
  return age >= -1 && age <= maxAge ? "fresh" : "stale";
}

function mac({ key, source }: NonceContext, time: string): Buffer {
  if (key.length < MIN_KEY) throw new Bug("a nonce key has at least 128 bits");
  return createHmac("sha256", key).update(`${time}\n${source}`, "utf8").digest().subarray(0, MAC_OCTETS);
}
