/** A call that nobody makes, as somebody describes it at the command line: what the rules would be asked. */
import { dialledText } from "@ringfence/edge";
import { type Config, type Load, type Policy, RingfenceError, type SignalSubject } from "@ringfence/policy";
import { parseUri, type Uri } from "@ringfence/sip";

export interface DescribedCall {
  readonly to: string;
  readonly from?: string | undefined;
  readonly source: string;
  readonly transport: string;
  readonly through?: string | undefined;
  /** As `Date` reads it; undefined: now. */
  readonly at?: string | undefined;
}

/** Nothing else is going on: limits of what is in use are not reached. */
export const idle: Load = {
  calls: 0,
  callsThisSecond: 0,
  callsOfAccount: 0,
  callsOfTrunk: 0,
  callsOfTrunkThisSecond: 0,
  unregisteredEmergencies: 0,
};

/** Of an ordinary INVITE: size and number of header fields are not what is asked about. */
const ordinary = { method: "INVITE", inDialog: false, size: 1_200, headerCount: 18 } as const;
const transports = ["udp", "tcp", "tls", "ws", "wss"] as const;

/**
 * @param loadOf what is in use where it would be made
 * @throws RingfenceError `bad-option`
 */
export function subjectOf(
  call: DescribedCall,
  config: Config,
  policy: Policy,
  loadOf: (of: Pick<SignalSubject, "side" | "account" | "trunk">) => Load = () => idle,
): SignalSubject {
  const transport = transports.find((name) => name === call.transport);
  if (transport === undefined) throw unusable(`--transport ${call.transport}`, `Use ${transports.join(", ")}.`);
  const at = call.at === undefined ? Date.now() : Date.parse(call.at);
  if (Number.isNaN(at)) throw unusable(`--at ${call.at}`, "Write '2026-11-22 03:00'.");
  const { through } = call;
  if (through !== undefined && !config.trunks.some(({ name }) => name === through)) {
    throw unusable(`--through ${through}`, `Known: ${config.trunks.map(({ name }) => name).join(", ")}.`);
  }
  const origin = policy.sideOf(call.source);
  const from = through === undefined ? origin : ({ side: "core", trunk: through } as const);
  const trunk = from.side === "phone" ? undefined : from.trunk;
  const account = from.side === "phone" ? call.from : undefined;
  const target = targetOf(call.to, config.phones.domains[0] ?? "");
  return {
    ...ordinary,
    side: from.side,
    trunk,
    packetSource: call.source,
    transport,
    ...asTarget(target),
    number: policy.readNumber(dialledText(target), trunk),
    account,
    at,
    load: loadOf({ side: from.side, account, trunk }),
  };
}

type Target = Pick<SignalSubject, "targetScheme" | "targetUser" | "targetHost" | "targetRaw">;

export function asTarget(target: Uri): Target {
  return {
    targetScheme: target.kind === "tel" ? "tel" : target.scheme,
    targetUser: target.kind === "sip" ? target.user : target.kind === "tel" ? target.number : undefined,
    targetHost: target.kind === "sip" ? target.host : "",
    targetRaw: target.raw,
  };
}

export function describeCall(subject: SignalSubject, { to, source, at }: DescribedCall): string {
  const when = at === undefined ? "" : `, ${at}`;
  return `${callerOf(subject)} calls ${to}, from ${source} over ${subject.transport}${when}`;
}

export function callerOf({ side, account, trunk }: Pick<SignalSubject, "side" | "account" | "trunk">): string {
  if (side === "core") return trunk === undefined ? "the PBX" : `the PBX, through ${trunk},`;
  if (side === "trunk") return `the carrier ${trunk}`;
  return account ?? "a phone that is not registered";
}

/** As a phone would write it, or as it is written. */
function targetOf(to: string, domain: string): Uri {
  const target = parseUri(to.includes(":") ? to : `sip:${to}@${domain}`);
  if (target === undefined)
    throw unusable(`--to ${to}`, "Write a number, a name, sip:..., tel:... or urn:service:sos.");
  return target;
}

function unusable(what: string, remedy: string): RingfenceError {
  return new RingfenceError("bad-option", `${what} cannot be used`, remedy);
}
