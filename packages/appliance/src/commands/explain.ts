/** `ringfence explain --config FILE --to NUMBER ...`: what the rules of a file say about a call that nobody makes. */
import { dialledText } from "@ringfence/edge";
import {
  type Config,
  explainVerdict,
  keyLines,
  type Policy,
  RingfenceError,
  type SignalSubject,
} from "@ringfence/policy";
import { parseUri, type Uri } from "@ringfence/sip";
import { cleanText } from "../clean-text.ts";
import type { CliContext } from "../cli.ts";
import { explainText } from "../explain-text.ts";
import { exitCodes } from "../failures.ts";
import { loadEverything } from "../loading.ts";

export interface ExplainOptions {
  readonly config: string;
  readonly to: string;
  readonly from?: string;
  readonly source: string;
  readonly transport: string;
  readonly through?: string;
  readonly at?: string;
  readonly json?: boolean;
}

/** Nothing else is going on: limits of what is in use are not reached. */
const idle: SignalSubject["load"] = {
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

/** @throws ConfigError, RingfenceError */
export async function explain(options: ExplainOptions, { environment, terminal }: CliContext): Promise<number> {
  const { file, policy } = await loadEverything(options.config, environment, async () => ({ cert: "", key: "" }));
  const subject = subjectOf(options, file.config, policy);
  const explanation = explainVerdict(policy.decideSignal(subject), keyLines(file.text));
  if (options.json === true) {
    terminal.out(JSON.stringify({ number: subject.number, ...explanation }, undefined, 2));
    return exitCodes.ok;
  }
  const call = `${callerOf(subject)} calls ${options.to}, from ${options.source} over ${subject.transport}${options.at === undefined ? "" : `, ${options.at}`}`;
  for (const line of explainText({ file: file.name, call, number: subject.number, explanation }))
    terminal.out(cleanText(line));
  return exitCodes.ok;
}

function callerOf({ side, account, trunk }: SignalSubject): string {
  if (side === "core") return `the PBX, through ${trunk},`;
  if (side === "trunk") return `the carrier ${trunk}`;
  return account === undefined ? "a phone that is not registered" : account;
}

function subjectOf(options: ExplainOptions, config: Config, policy: Policy): SignalSubject {
  const transport = transports.find((name) => name === options.transport);
  if (transport === undefined) throw unusable(`--transport ${options.transport}`, `Use ${transports.join(", ")}.`);
  const at = options.at === undefined ? Date.now() : Date.parse(options.at);
  if (Number.isNaN(at)) throw unusable(`--at ${options.at}`, "Write '2026-11-22 03:00'.");
  const { through } = options;
  if (through !== undefined && !config.trunks.some(({ name }) => name === through)) {
    throw unusable(`--through ${through}`, `Known: ${config.trunks.map(({ name }) => name).join(", ")}.`);
  }
  const origin = policy.sideOf(options.source);
  const from = through === undefined ? origin : ({ side: "core", trunk: through } as const);
  const trunk = from.side === "phone" ? undefined : from.trunk;
  const target = targetOf(options.to, config.phones.domains[0] ?? "");
  return {
    ...ordinary,
    side: from.side,
    trunk,
    packetSource: options.source,
    transport,
    targetScheme: target.kind === "tel" ? "tel" : target.scheme,
    targetUser: target.kind === "sip" ? target.user : target.kind === "tel" ? target.number : undefined,
    targetHost: target.kind === "sip" ? target.host : "",
    targetRaw: target.raw,
    number: policy.readNumber(dialledText(target), trunk),
    account: from.side === "phone" ? options.from : undefined,
    at,
    load: idle,
  };
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
