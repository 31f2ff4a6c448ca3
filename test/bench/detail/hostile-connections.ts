/**
 * Threat L10 at full size: 5,000 TCP, 5,000 TLS and 2,000 WSS connections of 50 sources that are silent, send an octet every
 * five seconds, or begin a handshake and stop, against the real process, while a phone registers over TLS again and again.
 * `node test/bench/detail/hostile-connections.ts [share]`: a share of 0.1 is a tenth of all. Ends with 1 when a limit is exceeded.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { answerTo, phoneRequest } from "../../support/edge-on-sockets.ts";
import { freePort } from "../../support/free-port.ts";
import { launch } from "../../support/ringfence-process.ts";
import type { Attack, Losses } from "./hostile-peer.ts";

const share = Number(process.argv[2] ?? 1);
const sources = Array.from({ length: 50 }, (_, i) => `127.0.1.${i + 1}`);
const size = (whole: number): number => Math.round(whole * share);
const attack = { tcp: size(5_000), tls: size(5_000), wss: size(2_000) };
/** What one source would need to hold all of its own; the attack has a tenth more, which must not be taken. */
const cap = Math.ceil((attack.tcp + attack.tls + attack.wss) / sources.length / 1.1);
const processes = 2;
const CALM = 5_000;
const LONGEST = 40_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Says yes to everybody. */
async function startPbx(): Promise<number> {
  const pbx = createSocket("udp4").bind(0, "127.0.0.1");
  pbx.on("message", (bytes, from) => {
    pbx.send(answerTo(bytes.toString("latin1"), "200 OK", ["Expires: 60"]), from.port, from.address);
  });
  await once(pbx, "listening");
  return pbx.address().port;
}

/** Milliseconds from the first octet of TLS to the 200, each from a connection and an account of its own. */
async function register(port: number, n: number): Promise<number> {
  const start = performance.now();
  const raw = connectTcp({ port, host: "127.0.0.1", localAddress: `127.0.2.${1 + (n % 200)}` });
  raw.on("error", () => {});
  const socket = connect({ socket: raw, rejectUnauthorized: false });
  socket.on("error", () => {});
  const text = phoneRequest("REGISTER", "TLS", `legit${n}`).replaceAll("sip:1001@", `sip:${20_000 + n}@`);
  socket.on("secureConnect", () => socket.write(text));
  const answered = new Promise<boolean>((resolve) => {
    socket.on("data", (chunk) => resolve(chunk.toString("latin1").startsWith("SIP/2.0 200")));
    socket.on("close", () => resolve(false));
    setTimeout(() => resolve(false), 10_000).unref();
  });
  const ok = await answered;
  const took = performance.now() - start;
  socket.destroy();
  return ok ? took : Number.POSITIVE_INFINITY;
}

function startAttack(ports: Attack["ports"]): readonly ChildProcess[] {
  return Array.from({ length: processes }, (_, place) => {
    const child = fork(new URL("hostile-peer.ts", import.meta.url));
    const addresses = sources.filter((_source, i) => i % processes === place);
    const part = (whole: number): number => Math.round(whole / processes);
    const { tcp, tls, wss } = attack;
    child.send({ addresses, tcp: part(tcp), tls: part(tls), wss: part(wss), ports, atOnce: 20 } satisfies Attack);
    return child;
  });
}

async function report(child: ChildProcess): Promise<Losses> {
  child.send("report");
  const [losses] = await once(child, "message");
  return losses as Losses;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

const home = mkdtempSync(join(tmpdir(), "ringfence-hostile-"));
const [tcp, tls, wss, metrics, core] = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
const at = (transport: string, port: number, more = ""): string =>
  `{ transport: ${transport}, address: 127.0.0.1, port: ${port}${more} }`;
const listen = [at("tcp", tcp), at("tls", tls), at("wss", wss, ", origins: [https://phone.example.com]")].join(", ");
const file = `
pbx: { address: "127.0.0.1:${await startPbx()}" }
phones: { domains: [pbx.example.com], listen: [${listen}] }
core: { phones_from: "127.0.0.1:${core}" }
defence: { source: { connections: ${cap} } }
metrics: { listen: "127.0.0.1:${metrics}" }
logs: { level: error }
`;
writeFileSync(join(home, "sbc.yaml"), file);
const running = launch(home, "start", "--config", "sbc.yaml");
const pid = running.child.pid ?? 0;

const rss = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
const page = async (): Promise<string> => (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
const gauge = (text: string, name: string): number =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1],
  );

async function up(): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (
      await page().then(
        () => true,
        () => false,
      )
    )
      return;
    await wait(100);
  }
  throw new Error("ringfence did not start");
}

/** Registers every 50 ms until told to stop; what each took. */
async function prober(going: () => boolean, first: number): Promise<readonly number[]> {
  const took: Promise<number>[] = [];
  while (going()) {
    took.push(register(tls, first + took.length));
    await wait(50);
  }
  return Promise.all(took);
}

try {
  await up();
  const calmEnds = performance.now() + CALM;
  const calm = await prober(() => performance.now() < calmEnds, 0);
  const before = rss();
  const began = performance.now();
  const children = startAttack({ tcp, tls, wss });
  let over = false;
  const beside = prober(() => !over, 10_000);
  let peak = { connections: 0, rss: before };
  for (;;) {
    await wait(250);
    const now = gauge(await page(), "ringfence_connections");
    peak = { connections: Math.max(peak.connections, now), rss: Math.max(peak.rss, rss()) };
    const age = performance.now() - began;
    if (age > LONGEST || (age > 12_000 && now < 30)) break;
  }
  over = true;
  const took = await beside;
  const lost = await Promise.all(children.map(report));
  const sum = (of: (losses: Losses) => number): number => lost.reduce((all, one) => all + of(one), 0);
  const held = lost.flatMap((one) => one.held);
  const reasons = (await page())
    .split("\n")
    .filter((l) => l.startsWith("ringfence_connections_closed_total") && !l.endsWith(" 0"));
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["attempts, cap a source", `${attack.tcp + attack.tls + attack.wss} from ${sources.length}, ${cap}`, true],
    [
      "connected, refused at once, not connected",
      `${sum((l) => l.opened)}, ${sum((l) => l.refused)}, ${sum((l) => l.failed)}`,
      sum((l) => l.refused) > 0,
    ],
    [
      "most at one time",
      `${peak.connections} (the caps allow ${cap * sources.length})`,
      peak.connections <= cap * sources.length + 200,
    ],
    [
      "closed after: first, median, p99, last",
      [0, 0.5, 0.99, 1].map((q) => `${(quantile(held, q) / 1000).toFixed(1)} s`).join(", "),
      quantile(held, 0.99) <= 10_000,
    ],
    ["still open in the end", String(sum((l) => l.stillOpen)), sum((l) => l.stillOpen) === 0],
    [
      "resident memory: before, most",
      `${before.toFixed(0)} MB, ${peak.rss.toFixed(0)} MB (+${(peak.rss - before).toFixed(0)})`,
      peak.rss - before < 200,
    ],
    [
      "REGISTER over TLS, calm: p50, p99",
      `${quantile(calm, 0.5).toFixed(1)} ms, ${quantile(calm, 0.99).toFixed(1)} ms`,
      true,
    ],
    [
      `beside the attack (${took.length}): p50, p99`,
      `${quantile(took, 0.5).toFixed(1)} ms, ${quantile(took, 0.99).toFixed(1)} ms`,
      quantile(took, 0.99) < 200,
    ],
  ];
  console.log(`${availableParallelism()} processors shared with the attack, load ${loadavg()[0]?.toFixed(1)}`);
  for (const [name, figure, kept] of rows) console.log(`${kept ? "  " : "! "}${name.padEnd(46)} ${figure}`);
  for (const line of reasons) console.log(`  ${line}`);
  process.exitCode = rows.every(([, , kept]) => kept) ? 0 : 1;
} finally {
  running.child.kill("SIGTERM");
  await running.finished;
  rmSync(home, { recursive: true, force: true });
  process.exit();
}
