/**
 * Threat L10 at full size: 5,000 TCP, 5,000 TLS and 2,000 WSS connections of 50 sources that are silent, send an octet every
 * five seconds, or begin a handshake and stop, against the real process, while a phone registers over TLS again and again.
 * `node test/bench/detail/hostile-connections.ts [share] [nice]`: a share of 0.1 is a tenth of all; a nice of 19 leaves the
 * victim the processors that it needs, as if the attack came from another machine. Ends with 1 when a limit is exceeded.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { answerTo } from "../../support/edge-on-sockets.ts";
import { freePort } from "../../support/free-port.ts";
import { launch } from "../../support/ringfence-process.ts";
import { cpuOf, residentOf } from "../cpu.ts";
import { metric, ready } from "../metrics.ts";
import { siteOf } from "../peers/site.ts";
import type { Attack, Losses } from "./hostile-peer.ts";
import { holdPhones, registerAgainAndAgain } from "./hostile-phone.ts";

const share = Number(process.argv[2] ?? 1);
const nice = Number(process.argv[3] ?? 0);
const sources = Array.from({ length: 50 }, (_, i) => `127.0.1.${i + 1}`);
const size = (whole: number): number => Math.round(whole * share);
const attack = { tcp: size(5_000), tls: size(5_000), wss: size(2_000) };
const attempts = attack.tcp + attack.tls + attack.wss;
/** What one source would need to hold all of its own; the attack has a tenth more, which must not be taken. */
const cap = Math.ceil(attempts / sources.length / 1.1);
/** The default of `defence.strangers.connections`. */
const strangers = 2_000;
const phones = 50;
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

function startAttack(ports: Attack["ports"]): readonly ChildProcess[] {
  return Array.from({ length: processes }, (_, place) => {
    const child = fork(new URL("hostile-peer.ts", import.meta.url));
    if (nice !== 0) setPriority(child.pid ?? 0, nice);
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
const site = { ...siteOf(0), metrics: `127.0.0.1:${metrics}` };
const running = launch(home, "start", "--config", "sbc.yaml");
const pid = running.child.pid ?? 0;
const resident = (): number => residentOf(pid) / 1024;

try {
  await ready(site);
  const calmEnds = performance.now() + CALM;
  const calm = await registerAgainAndAgain(tls, () => performance.now() < calmEnds, 0);
  const cut = await holdPhones(tls, phones, 5_000);
  const before = resident();
  const spentBefore = cpuOf(pid);
  const began = performance.now();
  const children = startAttack({ tcp, tls, wss });
  let over = false;
  const beside = registerAgainAndAgain(tls, () => !over, 10_000);
  let peak = { connections: 0, resident: before };
  for (let age = 0; age < LONGEST; age = performance.now() - began) {
    await wait(1_000);
    // Asking costs the victim time that a phone may wait for: not more often.
    const now = await metric("ringfence_connections", site);
    peak = { connections: Math.max(peak.connections, now), resident: Math.max(peak.resident, resident()) };
    if (age > 12_000 && now < phones + 10) break;
  }
  over = true;
  const seconds = (performance.now() - began) / 1000;
  const spent = (cpuOf(pid) - spentBefore) / 1000;
  const took = await beside;
  const lost = await Promise.all(children.map(report));
  const sum = (of: (losses: Losses) => number): number => lost.reduce((all, one) => all + of(one), 0);
  const held = lost.flatMap((one) => one.held);
  const quantiles = (values: readonly number[], parts: readonly number[], unit: number, word: string): string =>
    parts.map((part) => `${(quantile(values, part) / unit).toFixed(1)} ${word}`).join(", ");
  const ms = (values: readonly number[]): string => quantiles(values, [0.5, 0.9, 0.99, 1], 1, "ms");
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["attempts, cap a source", `${attempts} from ${sources.length}, ${cap}`, true],
    [
      "connected, ended at once, not connected",
      `${sum((l) => l.opened)}, ${sum((l) => l.refused)}, ${sum((l) => l.failed)}`,
      sum((l) => l.opened) === attempts,
    ],
    [
      "most at one time",
      `${peak.connections} (${strangers} strangers are allowed)`,
      peak.connections <= strangers + phones + 200,
    ],
    [
      "closed after: first, median, p99, last",
      quantiles(held, [0, 0.5, 0.99, 1], 1_000, "s"),
      quantile(held, 1) <= 10_000,
    ],
    ["still open in the end", String(sum((l) => l.stillOpen)), sum((l) => l.stillOpen) === 0],
    [`of ${phones} registered phones cut`, String(cut()), cut() === 0],
    [
      "resident memory: before, most",
      `${before.toFixed(0)} MB, ${peak.resident.toFixed(0)} MB (+${(peak.resident - before).toFixed(0)})`,
      peak.resident - before < 200,
    ],
    ["REGISTER over TLS, calm: p50, p90, p99, most", ms(calm), true],
    [`beside the attack (${took.length}): the same`, ms(took), quantile(took, 0.99) < 200],
    [
      `CPU in ${seconds.toFixed(0)} s: attack, victim`,
      `${sum((l) => l.cpu).toFixed(1)} s (nice ${nice}), ${spent.toFixed(1)} s`,
      true,
    ],
  ];
  console.log(`${availableParallelism()} processors shared with the attack, load ${loadavg()[0]?.toFixed(1)}`);
  for (const [name, figure, kept] of rows) console.log(`${kept ? "  " : "! "}${name.padEnd(46)} ${figure}`);
  const page = await (await fetch(`http://${site.metrics}/metrics`)).text();
  for (const line of page.split("\n")) {
    if (line.startsWith("ringfence_connections_closed_total") && !line.endsWith(" 0")) console.log(`  ${line}`);
  }
  process.exitCode = rows.every(([, , kept]) => kept) ? 0 : 1;
} finally {
  running.child.kill("SIGTERM");
  await running.finished;
  rmSync(home, { recursive: true, force: true });
  process.exit();
}
