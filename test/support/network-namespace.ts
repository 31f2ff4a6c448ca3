/**
 * A network of its own for a test: every party is a network namespace with its own addresses, joined by switches (bridges)
 * in one more namespace. Programs that skip loopback run here, and a mistaken address shows, because no two parties share one.
 * Needs root and iproute2. Everything goes with `close()`; what a killed test run left behind goes with the next `open`.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { findProgram } from "./outside-program.ts";

export interface Plug {
  /** The switch it is plugged into. */
  readonly lan: string;
  /** With prefix length. */
  readonly addresses: readonly string[];
  /** Whether every other address is asked for there too: a default route without a gateway. */
  readonly wayOut?: boolean;
}

/** Interface name inside the party → where it is plugged in. */
export type Plugs = Readonly<Record<string, Plug>>;

/** All our namespaces are called rf<process id>-<party>. */
const prefix = "rf";
const hub = "hub";
const ipProgram = findProgram("ip") ?? "ip";

export class NetworkOfNamespaces {
  readonly #mark: string;
  readonly #namespaces: string[] = [];
  readonly #lans = new Set<string>();
  readonly #atExit = (): void => this.close();
  #ports = 0;

  private constructor(mark: string) {
    this.#mark = mark;
  }

  /** @param lans names of the switches, at most 8 letters each */
  static open(lans: readonly string[]): NetworkOfNamespaces {
    sweepLeftovers();
    const network = new NetworkOfNamespaces(`${prefix}${process.pid}`);
    process.once("exit", network.#atExit);
    const inside = network.#add(hub);
    for (const lan of lans) {
      ip("-n", inside, "link", "add", lan, "type", "bridge");
      ip("-n", inside, "link", "set", lan, "up");
      network.#lans.add(lan);
    }
    return network;
  }

  /** Makes a party and returns the name of its namespace. */
  join(party: string, plugs: Plugs): string {
    const namespace = this.#add(party);
    // Nobody may reach the far side through a party but by what the party's own program does.
    ip("netns", "exec", namespace, "sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward");
    for (const [name, { lan, addresses, wayOut }] of Object.entries(plugs)) {
      if (!this.#lans.has(lan)) throw new Error(`there is no switch called ${lan}`);
      const [inside, port] = [`${this.#mark}-${hub}`, `p${this.#ports++}`];
      ip("link", "add", "name", name, "netns", namespace, "type", "veth", "peer", "name", port, "netns", inside);
      ip("-n", inside, "link", "set", port, "master", lan);
      ip("-n", inside, "link", "set", port, "up");
      for (const address of addresses) ip("-n", namespace, "addr", "add", address, "dev", name);
      ip("-n", namespace, "link", "set", name, "up");
      if (wayOut) ip("-n", namespace, "route", "add", "default", "dev", name);
    }
    return namespace;
  }

  /** One more, with prefix length, for a party that has joined; IPv6 without waiting for others to claim it. */
  addAddress(namespace: string, device: string, address: string): void {
    ip("-n", namespace, "addr", "add", address, "dev", device, ...(address.includes(":") ? ["nodad"] : []));
  }

  /** A cable between two parties and nobody else: a device of that name in both, each with its address and prefix length. */
  cable(device: string, [one, address]: readonly [string, string], [other, far]: readonly [string, string]): void {
    ip("link", "add", "name", device, "netns", one, "type", "veth", "peer", "name", device, "netns", other);
    for (const [namespace, own] of [
      [one, address],
      [other, far],
    ] as const) {
      this.addAddress(namespace, device, own);
      ip("-n", namespace, "link", "set", device, "up");
    }
  }

  /** Idempotent. Programs inside must have been ended: a namespace lives as long as its last process. */
  close(): void {
    process.off("exit", this.#atExit);
    for (const namespace of this.#namespaces.splice(0).reverse()) deleteNamespace(namespace);
  }

  #add(party: string): string {
    const namespace = `${this.#mark}-${party}`;
    ip("netns", "add", namespace);
    this.#namespaces.push(namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    return namespace;
  }
}

/** True when this user may make namespaces here: root in a container without CAP_SYS_ADMIN may not. */
export function mayMakeNamespaces(): boolean {
  const probe = `${prefix}${process.pid}-probe`;
  const made = spawnSync(ipProgram, ["netns", "add", probe], { stdio: "ignore" }).status === 0;
  if (made) deleteNamespace(probe);
  return made;
}

/** How to run a program in a namespace; it ends with us, however we end. Its process id is the one that spawn returns. */
export function inNamespace(namespace: string, command: string, args: readonly string[]): readonly [string, string[]] {
  const program = findProgram(command) ?? command;
  return [ipProgram, ["netns", "exec", namespace, "setpriv", "--pdeathsig", "KILL", program, ...args]];
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(ipProgram, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
}

function deleteNamespace(namespace: string): void {
  spawnSync(ipProgram, ["netns", "delete", namespace], { stdio: "ignore" });
}

/** Namespaces of test runs that were killed, with what still runs in them: children of a program that died with the test. */
function sweepLeftovers(): void {
  const namespaces = lines("netns", "list").map((line) => line.split(" ")[0] ?? "");
  // Looked at afterwards: who made one of these in between is alive.
  const alive = new Set(readdirSync("/proc"));
  for (const namespace of namespaces) {
    const owner = /^rf(\d+)-/.exec(namespace)?.[1];
    if (owner === undefined || alive.has(owner)) continue;
    for (const pid of lines("netns", "pids", namespace)) end(Number(pid));
    deleteNamespace(namespace);
  }
}

function lines(...args: readonly string[]): readonly string[] {
  const { stdout } = spawnSync(ipProgram, args, { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line !== "");
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
