import type { NameAddr } from "../parse/name-addr.ts";
import type { Uri } from "../parse/uri.ts";
import type { Via } from "../parse/via.ts";
import type { HeaderList } from "./headers.ts";

/** RFC 3261 §20.16. `number` is at most 2^32 - 1. */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

interface Common {
  readonly headers: HeaderList;
  /** A view on the octets that were parsed, not a copy. */
  readonly body: Uint8Array;
  /** The topmost Via. */
  readonly via: Via;
  /** Each Via value of the whole message, split at commas, topmost first. */
  readonly vias: readonly string[];
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: string;
  readonly cseq: CSeq;
  /** Octets on the wire, trailing garbage of a datagram included. */
  readonly size: number;
}

export interface Request extends Common {
  readonly kind: "request";
  /** Case-sensitive token; always equal to `cseq.method`. */
  readonly method: string;
  readonly requestUri: Uri;
  /** 0..255; undefined when the field is absent (RFC 2543 peers). */
  readonly maxForwards: number | undefined;
}

export interface Response extends Common {
  readonly kind: "response";
  /** 100..699. */
  readonly status: number;
  /** Octets as latin1, may be empty. */
  readonly reason: string;
}

export type Message = Request | Response;
