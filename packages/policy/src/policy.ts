import type { DialledNumber } from "./number/dialled.ts";
import type { PrefixSet } from "./prefix-map.ts";
import type { IdentitySubject, MediaSubject, SignalSubject } from "./subject.ts";
import type { UseBook } from "./use/use-book.ts";
import type { Verdict } from "./verdict.ts";

export interface TargetUri {
  /** Lower case. */
  readonly scheme: string;
  readonly user?: string | undefined;
  readonly raw: string;
}

export type Origin = { readonly side: "phone" } | { readonly side: "trunk"; readonly trunk: string };

/** A compiled configuration. Every method is pure and synchronous; none throws for anything a peer wrote. */
export interface Policy {
  decideSignal(subject: SignalSubject): Verdict;
  decideMedia(subject: MediaSubject): Verdict;
  /** Of a call from a trunk whose `identity.verify` is not off. */
  decideIdentity(subject: IdentitySubject): Verdict;
  /** By the Request-URI alone: numbers of `policy.emergency.numbers` and, if `urns` is on, urn:service:sos and below. */
  isEmergency(uri: TargetUri): boolean;
  /**
   * A dialled number as every rule sees it. `trunk`: it was dialled between the PBX and that carrier; without it, at a phone.
   * @param text the user part, escapes undone, parameters of the number (`;phone-context=`) included
   */
  readNumber(text: string | undefined, trunk?: string): DialledNumber;
  /** Who pays for a call, what it costs, and what a payer may use. */
  readonly use: UseBook;
  /**
   * Whether a number may be called, without a request. `outside`: by a carrier. An account: a phone of it would have the PBX
   * call the number, as it does by a redirection.
   */
  decideDestination(number: DialledNumber, way: "outside" | { readonly account: string }): Verdict;
  /** Which side of the outside a socket's peer is on: a trunk if its address is in that trunk's `from`, else a phone. */
  sideOf(packetSource: string): Origin;
  /** The trunk for a number dialled towards the outside: longest prefix of `trunks[].numbers.prefix`, then the order of the file. */
  trunkFor(number: string): string | undefined;
  /** All that take the number, in that order: the next is tried when one fails. */
  trunksFor(number: string): readonly string[];
  /** `defence.allow`, the PBX and trunk sources: the packet gate must not count them. */
  readonly exempt: PrefixSet;
  /** `defence.deny`. */
  readonly denied: PrefixSet;
  isExempt(packetSource: string): boolean;
  isDenied(packetSource: string): boolean;
}
