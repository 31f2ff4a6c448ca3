/** `ringfence probe HOST`: the same grade from outside, of Ringfence or of any SIP service that is one's own. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import {
  compareWith,
  type DoorKind,
  doorKinds,
  type GradeReport,
  grade,
  probePoints,
  readBaseline,
  reportOf,
  reportText,
} from "@ringfence/grade";
import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { exitCodes } from "../failures.ts";
import { exitCodeOfGrade, gradeStyle, readSeverity } from "../grade-text.ts";
import { addressOf } from "../io/host-address.ts";
import { cleanText } from "../logs/clean-text.ts";
import { runProbe } from "../probe/run.ts";
import type { Terminal } from "../terminal.ts";
import { partiesOf } from "../test-call/parties.ts";

export interface ProbeOptions {
  readonly domain?: string;
  readonly port?: readonly string[];
  readonly account?: readonly string[];
  readonly deep?: boolean;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly number?: string;
  readonly answer?: string;
  readonly answerPasswordFile?: string;
  readonly beside?: string;
  readonly baseline?: string;
  readonly json?: boolean;
  readonly failOn: string;
  readonly yes?: boolean;
}

const usualPorts: Readonly<Record<DoorKind, readonly number[]>> = {
  udp: [5060],
  tcp: [5060],
  tls: [5061],
  ws: [80, 8080],
  wss: [443, 8443],
};
const mostPorts = 16;
const mostAccounts = 16;

/** @throws RingfenceError */
export async function probe(host: string, options: ProbeOptions, { terminal }: CliContext): Promise<number> {
  const failOn = readSeverity(options.failOn);
  const ports = readPorts(options.port ?? []);
  const before = options.baseline === undefined ? undefined : baselineOf(options.baseline);
  const address = await addressOf(host);
  if (options.yes !== true && !(await consents(host, address, options.deep === true))) {
    terminal.err("nothing was sent");
    return exitCodes.refused;
  }
  const accounts = (options.account ?? []).slice(0, mostAccounts);
  const call = options.deep === true ? { parties: await partiesOf(options, []), from: options.beside } : undefined;
  const target = { name: host, address, domain: options.domain ?? host, ports, accounts, call };
  const facts = await runProbe(target, (step) => terminal.err(`probe: ${cleanText(step)}`));
  if (!facts.doors.some(({ open }) => open)) {
    const remedy = "Check the name and --port; a ban on this address looks the same.";
    throw new RingfenceError(
      "nothing-there",
      `nothing at ${cleanText(host, 253)} (${address}) speaks SIP to us`,
      remedy,
    );
  }
  const graded = grade(probePoints, facts);
  const report = reportOf(host, graded, new Date(facts.now));
  if (options.json === true) terminal.out(JSON.stringify(report));
  else for (const line of reportText(`probe of ${host} (${address})`, graded, gradeStyle(terminal))) terminal.out(line);
  return before === undefined ? exitCodeOfGrade(graded, failOn) : differences(report, before, terminal);
}

/** Only what is new counts then. */
function differences(
  report: GradeReport,
  before: NonNullable<ReturnType<typeof readBaseline>>,
  terminal: Terminal,
): number {
  const { before: then, now, fresh, gone } = compareWith(before, report);
  terminal.err(`against the baseline: ${then} then, ${now} now`);
  for (const { id, title } of fresh) terminal.problem(`new: ${title} (${id})`);
  for (const id of gone) terminal.err(`no longer found: ${id}`);
  return fresh.length > 0 ? exitCodes.differs : exitCodes.ok;
}

function baselineOf(path: string): NonNullable<ReturnType<typeof readBaseline>> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new RingfenceError("no-baseline", `${path} cannot be read`, "Write one with probe --json > FILE.");
  }
  const baseline = readBaseline(text);
  if (baseline !== undefined) return baseline;
  throw new RingfenceError("no-baseline", `${path} is no report`, "Write one with probe --json > FILE.");
}

/** `udp=5060`, once for each; a kind that is named has no other ports, and `udp=0` none at all. */
function readPorts(given: readonly string[]): Readonly<Record<DoorKind, readonly number[]>> {
  const ports: Record<DoorKind, readonly number[]> = { ...usualPorts };
  const named = new Map<DoorKind, number[]>();
  for (const text of given.slice(0, mostPorts)) {
    const [kind, port] = text.split("=");
    const known = doorKinds.find((one) => one === kind);
    const number = Number(port);
    if (known === undefined || !Number.isInteger(number) || number < 0 || number > 65_535) {
      throw new RingfenceError(
        "bad-option",
        `--port ${text} is no transport with its port`,
        "Write udp=5060 or wss=8443.",
      );
    }
    named.set(known, [...(named.get(known) ?? []), ...(number === 0 ? [] : [number])]);
  }
  for (const [kind, numbers] of named) ports[kind] = numbers;
  return ports;
}

async function consents(host: string, address: string, deep: boolean): Promise<boolean> {
  if (!process.stdin.isTTY) {
    const remedy = "Add --yes if it is yours, or if whoever runs it has agreed.";
    throw new RingfenceError("no-consent", "nobody can be asked here whether this service may be probed", remedy);
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const more = deep ? ", and places two calls with your accounts" : "";
    const question = `This sends about 60 requests to ${host} (${address}), as an attacker would${more}. Is it yours, or has its owner agreed? (yes/no) `;
    return (await asking.question(question)).trim().toLowerCase() === "yes";
  } finally {
    asking.close();
  }
}
