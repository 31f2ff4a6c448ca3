/** Ten times a second: how late the signalling is and how busy, for who decides what follows (overload/overload-control.ts). */
import { performance } from "node:perf_hooks";
import type { Endpoint } from "../flow.ts";
import type { LoadSample } from "../overload/overload-control.ts";
import { QueueProbe } from "./queue-probe.ts";

const EVERY = 100;
/** Tables fill slowly and are counted at some cost: every tenth time. */
const FILL_EVERY = 10;

export interface LoadMeterOptions {
  readonly now: () => number;
  readonly random: (octets: number) => Uint8Array;
  /** Open sockets; those on UDP that phones reach are measured in turn. */
  readonly endpoints: () => readonly Endpoint[];
  /** How full the fullest table outside the core is, 0 to 1. */
  readonly fill: () => number;
  readonly onSample: (sample: LoadSample) => void;
}

export interface LoadMeter {
  /** True: this datagram is one of the meter's own. */
  takes(bytes: Uint8Array): boolean;
  /** What each of these begins with. */
  readonly mark: Uint8Array;
  stop(): void;
}

export function startLoadMeter({ now, random, endpoints, fill, onSample }: LoadMeterOptions): LoadMeter {
  const probe = new QueueProbe(random(16));
  let used = performance.eventLoopUtilization();
  let cpu = process.threadCpuUsage();
  let due = now() + EVERY;
  let turn = 0;
  let filled = 0;
  const timer = setInterval(() => {
    const at = now();
    const next = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(next, used);
    const spent = process.threadCpuUsage();
    const ran = (spent.user - cpu.user + spent.system - cpu.system) / 1_000 / Math.max(1, at - due + EVERY);
    const busy = busyShare(utilization, ran);
    const lagMs = Math.max(0, at - due, probe.age(at));
    used = next;
    cpu = spent;
    due = at + EVERY;
    if (turn % FILL_EVERY === 0) filled = fill();
    onSample({ lagMs, busy, fill: filled });
    const sockets = endpoints().filter(isProbed);
    const endpoint = sockets[turn++ % Math.max(1, sockets.length)];
    if (endpoint !== undefined) probe.send(at, endpoint);
  }, EVERY);
  // A start that fails, because a port is taken, must be able to end.
  timer.unref();
  return {
    mark: probe.mark,
    takes: (bytes) => probe.takes(now(), bytes),
    stop() {
      clearInterval(timer);
      probe.close();
    },
  };
}

/** How much of the time that it wanted the thread must have got, so that its work is what made it late. */
const OWN_SHARE = 0.8;

/** Work that waits for a processor looks like work: time that others on the machine took is not ours, and refusing gives none of it back. */
function busyShare(utilization: number, ran: number): number {
  return ran >= utilization * OWN_SHARE ? utilization : ran;
}

/** Where the system chose the port, none is known that leads back to us. */
function isProbed({ role, transport, local }: Endpoint): boolean {
  return role === "access" && transport === "udp" && local.port !== 0;
}
