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
}

export function exchangesOf(facts: ProbeFacts, question: string): readonly Exchange[] {
  return facts.exchanges.filter((one) => one.question === question);
}

/** The last answer that ends a transaction; undefined: silence, which says nothing either way. */
export function finalStatus({ answers }: Exchange): number | undefined {
  return answers.findLast(({ status }) => status >= 200)?.status;
}
