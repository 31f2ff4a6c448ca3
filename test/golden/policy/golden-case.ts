import { readdirSync, readFileSync } from "node:fs";
import {
  compile,
  type Explanation,
  explainVerdict,
  keyLines,
  loadConfig,
  loadRates,
  type MediaSubject,
  type Policy,
  type RuleFile,
  type SignalSubject,
  type Verdict,
} from "@ringfence/policy";
import { parseUri } from "@ringfence/sip";
import { parse, stringify } from "yaml";

/**
 * A file is a case: `claim`, `config` (over the five-line file), `signal` or `media` (over the defaults below), `expect`.
 * The target is parsed by the parser of the edge, so that a case shows what a message would really meet.
 */
export interface Case {
  readonly claim: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly signal?: Readonly<Record<string, unknown>> & {
    readonly target?: string;
    readonly referTo?: string;
    readonly trunk?: string;
    readonly at?: string;
  };
  /** Text of the file that `policy.rates` names. */
  readonly rates?: string;
  readonly media?: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
}

const smallest = { pbx: { address: "10.0.0.5:5060", transport: "udp" }, phones: { domains: ["pbx.example.com"] } };
const localAddresses = ["203.0.113.10", "2001:db8::10", "10.0.0.2"];

interface Site {
  readonly policy: Policy;
  readonly file: RuleFile;
}

function siteOf(config: Case["config"] = {}, ratesText?: string): Site {
  const text = stringify({ ...smallest, ...config, phones: { ...smallest.phones, ...Object(config?.phones) } });
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(loaded.issues.map((issue) => `${issue.path}: ${issue.message}`).join("\n"));
  const rates = ratesText === undefined ? undefined : loadRates(ratesText);
  if (rates?.ok === false) throw new Error(rates.issues.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  const trunks = loaded.config.trunks.map(({ name }) => name);
  const policy = compile(loaded.config, { localAddresses, rates: rates?.rates });
  return { policy, file: { lineOf: keyLines(text), trunks } };
}

function signalOf(policy: Policy, signal: NonNullable<Case["signal"]>): SignalSubject {
  const { target: raw = "sip:600@pbx.example.com", load, at, ...rest } = signal;
  const uri = parseUri(raw);
  if (uri === undefined) throw new Error(`the edge would refuse ${raw} before asking`);
  const idle = {
    calls: 0,
    callsThisSecond: 0,
    callsOfAccount: 0,
    callsOfTrunk: 0,
    callsOfTrunkThisSecond: 0,
    unregisteredEmergencies: 0,
  };
  const plain = {
    side: "phone",
    packetSource: "198.51.100.7",
    transport: "tls",
    method: "INVITE",
    inDialog: false,
    size: 1200,
    headerCount: 18,
    account: "1001",
    targetScheme: uri.kind === "sip" || uri.kind === "other" ? uri.scheme : "tel",
    targetUser: uri.kind === "sip" ? uri.user : uri.kind === "tel" ? uri.number : undefined,
    targetHost: uri.kind === "sip" ? uri.host : "",
    targetRaw: uri.raw,
  } as const;
  // `account: null` in a file means: nobody registered on this flow.
  const account = rest.account === null ? undefined : (rest.account ?? plain.account);
  const context = uri.kind === "tel" ? uri.params.find((p) => p.name === "phone-context")?.value : undefined;
  // `referTo` in a file: the number that a REFER names.
  const text =
    signal.referTo ?? (context === undefined ? plain.targetUser : `${plain.targetUser};phone-context=${context}`);
  const call = (signal.method ?? "INVITE") === "INVITE" && signal.inDialog !== true;
  const number = call || signal.referTo !== undefined ? policy.readNumber(text, signal.trunk) : undefined;
  const instant = at === undefined ? {} : { at: Date.parse(at) };
  return { ...plain, ...rest, ...instant, number, account, load: { ...idle, ...Object(load) } } as SignalSubject;
}

export function decide(golden: Case): { readonly verdict: Verdict; readonly explanation: Explanation } {
  const { policy, file } = siteOf(golden.config, golden.rates);
  if (golden.media !== undefined) {
    const media = { suites: [], ...golden.media } as unknown as MediaSubject;
    const verdict = policy.decideMedia(media);
    return { verdict, explanation: explainVerdict(verdict, media, file) };
  }
  const subject = signalOf(policy, golden.signal ?? {});
  const verdict = policy.decideSignal(subject);
  return { verdict, explanation: explainVerdict(verdict, subject, file) };
}

/** Every case, by the name of its file. */
export function goldenCases(): readonly (readonly [string, Case])[] {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".yaml"));
  return files.sort().map((name) => [name, parse(readFileSync(`${import.meta.dirname}/${name}`, "utf8")) as Case]);
}
