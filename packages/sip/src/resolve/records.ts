/** DNS as data: questions to ask, answers as they came. Asking is somebody else's. */

export type SipTransport = "udp" | "tcp" | "tls";

/** Where a URI points, before DNS. Host lower case, IPv6 without brackets; what the URI did not say is undefined. */
export interface Target {
  readonly host: string;
  readonly port: number | undefined;
  readonly transport: SipTransport | undefined;
}

export type QuestionType = "NAPTR" | "SRV" | "A" | "AAAA";

export interface Question {
  readonly type: QuestionType;
  readonly name: string;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** An empty list of records is "there is none"; a failed question has no answer in the map at all, or `failed`. */
export type Answer =
  | { readonly type: "NAPTR"; readonly ttlMs: number; readonly records: readonly NaptrRecord[] }
  | { readonly type: "SRV"; readonly ttlMs: number; readonly records: readonly SrvRecord[] }
  | { readonly type: "A" | "AAAA"; readonly ttlMs: number; readonly records: readonly string[] }
  | { readonly type: "failed"; readonly ttlMs: number };

export type Answers = ReadonlyMap<string, Answer>;

export function questionKey({ type, name }: Question): string {
  return `${type} ${name}`;
}
