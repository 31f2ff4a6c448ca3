/** What a probe from outside has seen. */

export const doorKinds = ["udp", "tcp", "tls", "ws", "wss"] as const;
export type DoorKind = (typeof doorKinds)[number];

export interface Door {
  readonly kind: DoorKind;
  readonly port: number;
  readonly open: boolean;
  /** Of an open one with TLS. */
  readonly tls: TlsSeen | undefined;
}

export interface TlsSeen {
  /** Versions that were agreed on: `TLSv1.2`. */
  readonly versions: readonly string[];
  /** Old ciphers that were agreed on, by OpenSSL's names. */
  readonly oldCiphers: readonly string[];
  /** Why the chain is not trusted by the system's authorities; undefined: it is. */
  readonly untrusted: string | undefined;
  /** In milliseconds. */
  readonly notAfter: number;
  readonly fitsName: boolean;
  /** The same port also answers in clear. */
  readonly alsoClear: boolean;
}

/** One request and everything that came back for it. */
export interface Exchange {
  /** Of the question that was asked. */
  readonly question: string;
  readonly method: string;
  /** Octets. */
  readonly sent: number;
  readonly answers: readonly Answer[];
  /** Until the first answer; undefined: none came. */
  readonly milliseconds: number | undefined;
}

export interface Answer {
  readonly status: number;
  /** Octets. */
  readonly size: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/**
 * What a guest sends that has no part in the call, each with a sound of its own: from another socket before the phone says anything, and
 * after; from the phone's own place in clear although the call is encrypted, and encrypted with a wrong tag.
 */
export const guestKinds = ["early", "late", "clear", "forged"] as const;
export type GuestKind = (typeof guestKinds)[number];

/** A call with an account of the probe's own (`--deep`). */
export interface CallSeen {
  readonly encrypted: CallOutcome;
  readonly plain: CallOutcome;
  /** Undefined: there was no call, or its sound did not pass the service. */
  readonly guest: GuestSeen | undefined;
}

export interface CallOutcome {
  /** It was answered, and both heard each other. */
  readonly ok: boolean;
  /** Of SRTP. */
  readonly suite: string | undefined;
  /** Why not, as a sentence without its end. */
  readonly why: string;
}

export interface GuestSeen {
  /** Packets of the call that came to its socket. */
  readonly came: number;
  /** Packets of its own sound that a phone was given; a kind that was not sent is missing. */
  readonly heard: ReadonlyMap<GuestKind, number>;
}

export interface ProbeFacts {
  /** Wall clock, in milliseconds. */
  readonly now: number;
  readonly doors: readonly Door[];
  /** What the requests went over; undefined: nothing answered at all. */
  readonly over: DoorKind | undefined;
  readonly exchanges: readonly Exchange[];
  /** Octets of SIP that arrived where nothing but a relay would have brought them. */
  readonly relayed: readonly string[];
  /** Addresses that are no secret: ours and the target's. */
  readonly known: readonly string[];
  /** Undefined: none was asked for. */
  readonly call: CallSeen | undefined;
}

export function exchangesOf(facts: ProbeFacts, question: string): readonly Exchange[] {
  return facts.exchanges.filter((one) => one.question === question);
}

/** The last answer that ends a transaction; undefined: silence, which says nothing either way. */
export function finalStatus({ answers }: Exchange): number | undefined {
  return answers.findLast(({ status }) => status >= 200)?.status;
}
