/** One process of hostile connections, told what to do by hostile-connections.ts: opens them, drips octets, and notes when each is cut. */
import { connect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

export interface Attack {
  readonly addresses: readonly string[];
  /** In all, over the addresses in turn. */
  readonly tcp: number;
  readonly tls: number;
  readonly wss: number;
  readonly ports: { readonly tcp: number; readonly tls: number; readonly wss: number };
  /** Connections begun every 20 ms. */
  readonly atOnce: number;
}

export interface Losses {
  readonly opened: number;
  /** Refused at once, because the source holds its share. */
  readonly refused: number;
  /** Never connected at all. */
  readonly failed: number;
  /** Milliseconds from the connection to its end, of those that were held. */
  readonly held: readonly number[];
  readonly stillOpen: number;
  /** Seconds of CPU time that this process used. */
  readonly cpu: number;
}

/** What is cut sooner was never taken. */
const AT_ONCE = 700;
const DRIP_EVERY = 5_000;
const TICK = 20;

const upgrade = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
const slowly = "REGISTER sip:pbx.example.com SIP/2.0\r\nVia: SIP/2.0/TCP a.invalid;branch=z9hG4bKslow\r\n";

/** By turns: silent, an octet now and then, and a handshake begun and not ended. */
type Habit = "silent" | "dripping" | "half-open";
const habits: readonly Habit[] = ["silent", "dripping", "half-open"];

function open(attack: Attack, kind: "tcp" | "tls" | "wss", habit: Habit, localAddress: string): Socket {
  const options = { port: attack.ports[kind], host: "127.0.0.1", localAddress };
  if (kind === "tcp" || habit === "half-open") {
    const socket = connect(options);
    if (kind !== "tcp") socket.on("connect", () => socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1])));
    return socket;
  }
  const socket = tlsConnect({ ...options, rejectUnauthorized: false });
  if (kind === "wss") socket.on("secureConnect", () => socket.write(upgrade));
  return socket;
}

/** All kinds in the same proportion from the first to the last. */
function mixed(attack: Attack): readonly ("tcp" | "tls" | "wss")[] {
  const placed = (["tcp", "tls", "wss"] as const).flatMap((kind) =>
    Array.from({ length: attack[kind] }, (_, i) => ({ kind, at: (i + 0.5) / attack[kind] })),
  );
  return placed.toSorted((one, other) => one.at - other.at).map(({ kind }) => kind);
}

function begin(attack: Attack): void {
  const kinds = mixed(attack);
  const sockets = new Map<Socket, { readonly at: number; readonly habit: Habit; dripped: number }>();
  const losses = { opened: 0, refused: 0, failed: 0, held: [] as number[] };
  let next = 0;
  const one = (): void => {
    const kind = kinds[next] ?? "tcp";
    const habit = habits[next % habits.length] ?? "silent";
    const socket = open(attack, kind, habit, attack.addresses[next % attack.addresses.length] ?? "127.0.0.1");
    next++;
    let connected = 0;
    socket.on("connect", () => {
      connected = performance.now();
      losses.opened++;
      sockets.set(socket, { at: connected, habit, dripped: 0 });
    });
    socket.on("data", () => {});
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      const after = performance.now() - connected;
      if (connected === 0) losses.failed++;
      else if (after < AT_ONCE) losses.refused++;
      else losses.held.push(after);
    });
  };
  const opening = setInterval(() => {
    for (let i = 0; i < attack.atOnce && next < kinds.length; i++) one();
    if (next >= kinds.length) clearInterval(opening);
  }, TICK);
  setInterval(() => {
    for (const [socket, state] of sockets) {
      if (state.habit === "dripping" && !socket.destroyed) socket.write(slowly.charAt(state.dripped++));
    }
  }, DRIP_EVERY);
  process.on("message", (message) => {
    if (message !== "report") return;
    const { user, system } = process.cpuUsage();
    const report: Losses = { ...losses, stillOpen: sockets.size, cpu: (user + system) / 1e6 };
    process.send?.(report, () => process.exit(0));
  });
}

process.once("message", (attack) => begin(attack as Attack));
