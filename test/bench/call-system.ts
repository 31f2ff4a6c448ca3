/** The systems the call benchmark compares: each a set of processes between a SIPp caller and a SIPp callee on loopback. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const caller = "127.0.0.2";
export const callee = { address: "127.0.0.3", port: 15070 };
export const entry = { address: "127.0.0.1", port: 15060 };

const repository = new URL("../..", import.meta.url).pathname;

export interface CallSystem {
  readonly name: string;
  /** User and system time of all its processes so far, in ms (from /proc, 10 ms a tick). */
  cpu(): number;
  stop(): Promise<void>;
}

class Processes implements CallSystem {
  readonly name: string;
  readonly #children: ChildProcess[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "call-bench-"));

  constructor(name: string) {
    this.name = name;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  file(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  start(command: string, args: readonly string[]): void {
    this.#children.push(spawn(command, args, { stdio: "ignore", cwd: repository }));
  }

  cpu(): number {
    return this.#children.flatMap((child) => family(child.pid ?? 0)).reduce((sum, pid) => sum + cpuOf(pid), 0);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function ringfence(): CallSystem {
  const system = new Processes("Ringfence, media anchored, full policy");
  const config = system.file(
    "ringfence.yaml",
    `pbx: { address: "${callee.address}:${callee.port}", transport: udp }
phones: { domains: [bench.example.com], listen: [{ transport: udp, address: ${entry.address}, port: ${entry.port} }], media: { srtp: "off" } }
core: { phones_from: "127.0.0.1:15080", trunks_from: "127.0.0.4:15080" }
trunks: [{ name: caller, mode: peer, hosts: [{ uri: "sip:${caller}:15090" }], from: [${caller}], media: { srtp: "off" } }]
media: { ports: 30000-34000 }
policy: { limits: { calls: 5000, calls_per_second: 2000 } }
logs: { level: info }
metrics: { listen: "127.0.0.1:19060" }
state: { dir: "${system.path("state")}" }
`,
  );
  system.start(process.execPath, ["packages/appliance/src/main.ts", "start", "--config", config]);
  return system;
}

export function kamailioWithRtpengine(): CallSystem {
  const system = new Processes("Kamailio + topoh + rtpengine");
  const control = "udp:127.0.0.1:12223";
  system.start("rtpengine", [
    ...["--foreground", "--table=-1", "--interface=127.0.0.1", "--listen-ng=127.0.0.1:12223"],
    ...[
      "--port-min=30000",
      "--port-max=34000",
      "--log-level=3",
      "--log-stderr",
      `--pidfile=${system.path("rtpengine.pid")}`,
    ],
  ]);
  system.start("kamailio", [
    ...["-f", "test/bench/peers/kamailio.cfg", "-l", `udp:${entry.address}:${entry.port}`, "-DD", "-E"],
    ...["-A", `UPSTREAM="sip:${callee.address}:${callee.port}"`, "-A", `RTPENGINE="${control}"`],
    ...["-m", "128", "-M", "16", "-Y", system.path("."), "-P", system.path("kamailio.pid")],
  ]);
  return system;
}

/** A process and its descendants. */
function family(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const fields = statOf(Number(entry));
    if (fields !== undefined) parents.set(Number(entry), Number(fields[1]));
  }
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found;
}

function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) * 10;
}

/** /proc/PID/stat behind the name: state, parent, ... user time (11), system time (12), in ticks of 10 ms. */
function statOf(pid: number): readonly string[] | undefined {
  if (!Number.isInteger(pid)) return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
