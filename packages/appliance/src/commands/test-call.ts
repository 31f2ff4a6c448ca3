/** `ringfence test-call`: a telephone registers, calls, listens and hangs up, and says what it met. */
import { join } from "node:path";
import { parseDuration, RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import type { TestCallOptions } from "../cli-install.ts";
import { readConfigFile } from "../config-file.ts";
import { findRunning } from "../control/find-running.ts";
import { readAccounts as readDemoAccounts } from "../demo/accounts.ts";
import { exitCodes } from "../failures.ts";
import { askControl } from "../io/control-client.ts";
import { addressOf } from "../io/host-address.ts";
import type { SipServer } from "../io/sip-line.ts";
import { ownAddress } from "../own-address.ts";
import type { Status } from "../status.ts";
import type { CallAccount, TestCallOrder } from "../test-call/order.ts";
import { talkBounds } from "../test-call/order.ts";
import { serverOf, srtpOf } from "../test-call/order-from.ts";
import { partiesOf, textOf } from "../test-call/parties.ts";
import { placeTestCall } from "../test-call/place-test-call.ts";
import { reportLines } from "../test-call/report-text.ts";

const patience = 5_000;
/** The demo's echo. */
const demoNumber = "600";
const transports = ["udp", "tcp", "tls"] as const;

/** @throws RingfenceError, ConfigError */
export async function testCall(options: TestCallOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const order = await orderOf(options, context);
  const report = await placeTestCall(order);
  if (options.json === true) terminal.out(JSON.stringify(report));
  else for (const line of reportLines(report, terminal)) terminal.out(line);
  return report.ok ? exitCodes.ok : exitCodes.differs;
}

async function orderOf(options: TestCallOptions, context: CliContext): Promise<TestCallOrder> {
  const transport = transportOf(options.transport);
  const talk = talkOf(options.talk);
  const installed = await installedOf(options, context);
  const server =
    options.to === undefined ? installed?.server(transport) : await serverAt(options, options.to, transport);
  const domain = options.domain ?? installed?.domain ?? options.to;
  if (server === undefined || domain === undefined) {
    const remedy = "Name a configuration (--config FILE), or a place (--to HOST:PORT) with --domain.";
    throw new RingfenceError("not-running", "there is nothing to call", remedy);
  }
  const demo = installed?.demo ?? [];
  const number = options.number ?? (demo.length > 0 ? demoNumber : undefined);
  const { caller, callee } = await partiesOf({ ...options, ...(number !== undefined && { number }) }, demo);
  const srtp = options.plain === true ? "off" : (installed?.srtp ?? "required");
  return { server, domain, caller, callee, srtp, talk };
}

interface Installed {
  readonly domain: string | undefined;
  readonly srtp: "required" | "off";
  readonly demo: readonly CallAccount[];
  server(transport: SipServer["transport"] | undefined): SipServer;
}

/** The one that runs, else what the file says; with --to alone neither is needed. */
async function installedOf(options: TestCallOptions, context: CliContext): Promise<Installed | undefined> {
  const status = await statusOf(options, context);
  const name = options.config ?? status?.config.file;
  if (name === undefined || (options.to !== undefined && options.config === undefined)) return undefined;
  const { config, dir } = readConfigFile(name);
  const open = status?.listeners.filter(({ role }) => role === "access") ?? config.phones.listen;
  const demo = status?.demo === true ? (readDemoAccounts(join(dir, "accounts.json")) ?? []) : [];
  return {
    domain: config.phones.domains[0],
    srtp: srtpOf(config),
    demo,
    server: (transport) => serverOf(open, ownAddress(), transport),
  };
}

async function statusOf(options: TestCallOptions, { environment }: CliContext): Promise<Status | undefined> {
  try {
    const { socket } = await findRunning(options.config, environment);
    return (await askControl(socket, { command: "status" }, patience)).status;
  } catch (error) {
    if (error instanceof RingfenceError && error.code === "not-running") return undefined;
    throw error;
  }
}

async function serverAt(
  options: TestCallOptions,
  to: string,
  wanted: SipServer["transport"] | undefined,
): Promise<SipServer> {
  const transport = wanted ?? "tls";
  const colon = to.includes("]") || to.split(":").length === 2 ? to.lastIndexOf(":") : -1;
  const host = (colon < 0 ? to : to.slice(0, colon)).replaceAll("[", "").replaceAll("]", "");
  const port = colon < 0 ? (transport === "tls" ? 5_061 : 5_060) : Number(to.slice(colon + 1));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RingfenceError("bad-option", `--to ${to} has no such port`, "Write HOST or HOST:PORT.");
  }
  const address = await addressOf(host);
  const trust = options.insecure === true ? "any" : options.ca === undefined ? "system" : { ca: textOf(options.ca) };
  return { address, port, transport, trust, name: host };
}

function transportOf(text: string | undefined): SipServer["transport"] | undefined {
  const known = transports.find((one) => one === text);
  if (text === undefined || known !== undefined) return known;
  throw new RingfenceError("bad-option", `--transport ${text} is none`, "Use udp, tcp or tls.");
}

function talkOf(text: string): number {
  const talk = parseDuration(text);
  if (talk !== undefined && talk >= talkBounds.least && talk <= talkBounds.most) return talk;
  throw new RingfenceError("bad-option", `--talk ${text} is no such time`, "From 500ms to 60s.");
}
