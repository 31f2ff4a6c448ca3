/** A phone beside an attack: how long its REGISTER over TLS takes, each from a connection, an address and an account of its own. */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect } from "node:tls";
import { phoneRequest } from "../../support/edge-on-sockets.ts";

const PATIENCE = 10_000;
const EVERY = 50;

export interface Registered {
  /** Milliseconds from the first octet of TCP to the 200; infinite when there was none. */
  readonly took: number;
  readonly socket: Socket;
}

export async function register(port: number, n: number): Promise<Registered> {
  const start = performance.now();
  const raw = connectTcp({ port, host: "127.0.0.1", localAddress: `127.0.${2 + (n % 50)}.${1 + (n % 200)}` });
  raw.on("error", () => {});
  const socket = connect({ socket: raw, rejectUnauthorized: false });
  socket.on("error", () => {});
  const text = phoneRequest("REGISTER", "TLS", `legit${n}`).replaceAll("sip:1001@", `sip:${20_000 + n}@`);
  socket.on("secureConnect", () => socket.write(text));
  const answered = new Promise<boolean>((resolve) => {
    socket.on("data", (chunk) => resolve(chunk.toString("latin1").startsWith("SIP/2.0 200")));
    socket.on("close", () => resolve(false));
    setTimeout(() => resolve(false), PATIENCE).unref();
  });
  const ok = await answered;
  return { took: ok ? performance.now() - start : Number.POSITIVE_INFINITY, socket };
}

/** One after the other until told to stop; what each took. */
export async function registerAgainAndAgain(
  port: number,
  going: () => boolean,
  first: number,
): Promise<readonly number[]> {
  const took: Promise<number>[] = [];
  const one = async (n: number): Promise<number> => {
    const registered = await register(port, n);
    registered.socket.destroy();
    return registered.took;
  };
  while (going()) {
    took.push(one(first + took.length));
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  return Promise.all(took);
}

/** Phones that stay; says how many were cut. */
export async function holdPhones(port: number, count: number, first: number): Promise<() => number> {
  let cut = 0;
  for (let n = 0; n < count; n++) {
    const { took, socket } = await register(port, first + n);
    if (took === Number.POSITIVE_INFINITY) throw new Error("a phone cannot register before the attack");
    void once(socket, "close").then(() => cut++);
  }
  return () => cut;
}
