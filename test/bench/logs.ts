/**
 * What the log costs of a call: the CPU of its four lines, written to each output at 400 calls a second, against the CPU of the
 * whole call in a Ringfence that logs nothing. The log runs in a process of its own, since one call differs from the next by more
 * than its lines cost.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { makeCertificate } from "../support/certificates.ts";
import { alternate, type Bench, type Contender, type Figure, median, type Plan, sleep } from "./bench.ts";
import { Child } from "./load/child.ts";
import type { LogWork } from "./load/log-work.ts";
import { answerer, drive } from "./load/sipp.ts";
import { ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";

const nothing = "the program without the log";
const targetShare = 5;
/** About what one machine carries: a share of CPU matters when there is little left. */
const RATE = 400;

export const logs: Bench = {
  name: "logs",
  peers: ["sipp"],
  async run(plan, has) {
    const dir = mkdtempSync(join(tmpdir(), "ringfence-bench-logs-"));
    const collector = await collect(dir);
    try {
      const costs = await alternate(plan, contenders(plan, dir, collector.port), "µs");
      const call = has("sipp") ? await callWithoutLog(plan) : undefined;
      return figuresOf(costs, call);
    } finally {
      collector.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

/** A collector that reads and forgets, trusted by the authority in `ca.pem`. */
async function collect(dir: string): Promise<{ readonly port: number; close(): void }> {
  const root = await makeCertificate({ authority: true });
  const { cert, key } = await makeCertificate({ by: root, names: ["127.0.0.1"] });
  writeFileSync(join(dir, "ca.pem"), root.cert);
  const sockets: TLSSocket[] = [];
  const server = createServer({ cert, key }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function contenders(plan: Plan, dir: string, port: number): readonly Contender[] {
  const files = "files: { path: logs }";
  const collector = (format: string) => `syslog: { url: "tls://127.0.0.1:${port}", ca: ca.pem, format: ${format} }`;
  const kinds: readonly (readonly [system: string, logs: string, silent?: boolean])[] = [
    [nothing, "level: error", true],
    ["nothing is written", "level: error"],
    ["standard output", "level: info"],
    ["and a file", `level: info, ${files}`],
    ["and a file, and a collector over TLS", `level: info, ${files}, ${collector("rfc5424")}`],
    ["and a file, and a collector over TLS, CEF", `level: info, ${files}, ${collector("cef")}`],
  ];
  return kinds.map(([system, section, silent = false], place) => ({
    system,
    async turn() {
      const config = join(dir, `${place}.yaml`);
      writeFileSync(
        config,
        `pbx: { address: 127.0.0.3 }\nphones: { domains: [x.example], listen: [{ transport: udp, address: 127.0.0.1, port: 0 }] }\nlogs: { ${section} }\n`,
      );
      const child = new Child("log-writer.ts", toNull);
      const calls = plan.quick ? 4_000 : 16_000;
      const stateDir = join(dir, `state-${place}`);
      const cost = await child.ask<LogWork, number>({
        config,
        stateDir,
        warmUp: 8_000,
        calls,
        perSecond: RATE,
        silent,
      });
      await child.stop();
      return cost;
    },
  }));
}

/** Lines on standard output are read by nobody here. */
const toNull = (command: string, args: readonly string[]) =>
  ["sh", ["-c", 'exec "$0" "$@" > /dev/null', command, ...args]] as const;

/** Milliseconds of CPU. */
async function callWithoutLog(plan: Plan): Promise<number> {
  const system = ringfence({ logs: "level: error" });
  const callee = await answerer();
  try {
    await ready();
    await drive({ to: system.entry, calls: 3_000, rate: 300 });
    await sleep(34_000);
    const before = system.cpu();
    const done = await drive({ to: system.entry, calls: plan.quick ? 1_500 : 5_000, rate: 200 });
    await sleep(34_000);
    const cost = (system.cpu() - before) / done;
    plan.say(`a call without log: ${cost.toFixed(3)} ms`);
    return cost;
  } finally {
    callee.stop();
    await system.stop();
  }
}

function figuresOf(costs: ReadonlyMap<string, readonly number[]>, call: number | undefined): readonly Figure[] {
  const idle = median(costs.get(nothing) ?? []);
  return [...costs].flatMap(([system, rounds]): readonly Figure[] => {
    if (system === nothing) return [];
    const own = rounds.map((cost) => Math.max(0, cost - idle));
    const figure = { work: "log of one call, 4 lines", system, unit: "µs", rounds: own } as const;
    if (call === undefined) return [figure];
    const shares = own.map((cost) => cost / 10 / call);
    return [
      figure,
      {
        work: "log of one call, share of its CPU",
        system,
        unit: "%",
        rounds: shares,
        target: { kind: "at-most", most: targetShare },
        note: `of ${call.toFixed(2)} ms for a call without log`,
      },
    ];
  });
}
