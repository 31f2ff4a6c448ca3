/** Which messages somebody wants to see. All that is named has to fit. */
import { PrefixSet, parseCidr, RingfenceError } from "@ringfence/policy";
import {
  type Message,
  type NameAddr,
  parseCredentials,
  parseMessage,
  parseNameAddrList,
  type Uri,
} from "@ringfence/sip";
import type { Seen } from "./seen.ts";

export interface TraceFilter {
  /** The user part of who calls or is called, or who proves a password. */
  readonly account?: string | undefined;
  /** However it is written: compared from its end. */
  readonly number?: string | undefined;
  /** An address or a block, of phones and carriers and the PBX. */
  readonly source?: string | undefined;
  /** Our id of the call, or a Call-ID. */
  readonly call?: string | undefined;
  readonly trunk?: string | undefined;
  readonly method?: string | undefined;
}

/**
 * What looks at the socket comes first: it costs nothing.
 * @throws RingfenceError `not-an-address`
 */
export function compileFilter(filter: TraceFilter): (seen: Seen) => boolean {
  const { account, number, source, call, trunk, method } = filter;
  const from = source === undefined ? undefined : sourceTest(source);
  const reads = account !== undefined || number !== undefined || method !== undefined;
  return (seen) => {
    if (trunk !== undefined && seen.flow.trunk !== trunk) return false;
    if (from !== undefined && !from(seen.flow.packetSource.address)) return false;
    if (call !== undefined && seen.call !== call && seen.callId !== call) return false;
    if (!reads) return true;
    const message = parseMessage(seen.bytes, "datagram");
    if (message.kind === "failure") return false;
    if (method !== undefined && message.cseq.method !== method.toUpperCase()) return false;
    return concerns(message, account, number);
  };
}

function sourceTest(text: string): (address: string) => boolean {
  const block = parseCidr(text);
  if (typeof block === "string") {
    throw new RingfenceError("not-an-address", `${text} is no address or block`, "Write 192.0.2.1 or 192.0.2.0/24");
  }
  const set = new PrefixSet([block]);
  return (address) => set.has(address);
}

/** Where people stand in a message. */
const parties = [
  "P-Asserted-Identity",
  "P-Preferred-Identity",
  "Remote-Party-ID",
  "Diversion",
  "Refer-To",
  "Referred-By",
];
const proofs = ["Authorization", "Proxy-Authorization"];
const mostNames = 32;

function concerns(message: Message, account: string | undefined, number: string | undefined): boolean {
  const users = [...usersOf(message)];
  if (account !== undefined && !users.includes(account) && !proves(message, account)) return false;
  return number === undefined || users.some((user) => isSameNumber(user, number));
}

function* usersOf(message: Message): Generator<string> {
  if (message.kind === "request") yield* userOf(message.requestUri);
  yield* userOf(message.from.uri);
  yield* userOf(message.to.uri);
  for (const name of parties) {
    const listed: readonly NameAddr[] = parseNameAddrList(message.headers.all(name), mostNames) ?? [];
    for (const { uri } of listed) yield* userOf(uri);
  }
}

function userOf(uri: Uri): readonly string[] {
  if (uri.kind === "tel") return [uri.number];
  return uri.kind === "sip" && uri.user !== undefined ? [uri.user] : [];
}

function proves({ headers }: Message, account: string): boolean {
  return proofs.some((name) => headers.all(name).some((value) => parseCredentials(value)?.username === account));
}

/** With or without a country code, and with whatever leads abroad before it: equal from the end, in all digits of the shorter. */
function isSameNumber(one: string, other: string): boolean {
  const [a, b] = [nationalDigits(one), nationalDigits(other)];
  if (a.length < shortestNumber || b.length < shortestNumber) return a !== "" && one === other;
  return a.length < b.length ? b.endsWith(a) : a.endsWith(b);
}

/** Shorter ones are extensions, which end many numbers. */
const shortestNumber = 6;

/** Without separators, and without the zeros that a country or an exchange puts before a number. */
function nationalDigits(text: string): string {
  let digits = "";
  for (const character of text) if (character >= "0" && character <= "9") digits += character;
  let zeros = 0;
  while (digits.charAt(zeros) === "0") zeros++;
  return digits.slice(zeros);
}
