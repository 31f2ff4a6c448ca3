/** The process under measurement: relays packets between two endpoints of the generator, by our engine or by bare dgram. */
import { createSocket } from "node:dgram";
import { type Engine, type EngineEvent, plainTransport } from "../../../packages/media/src/engine/engine.ts";
import { chooseEngine } from "../../../packages/media/src/engine/engine-choice.ts";
import { answering } from "../load/child.ts";
import type { Place } from "../load/phones.ts";
import type { Ports, RelayOrder } from "../load/relay.ts";

export interface SubjectOrder extends RelayOrder {
  readonly by: "bare" | "native" | "portable";
  /** The one processor of the packet thread. */
  readonly processor?: number | undefined;
}

const FIRST_PORT = 20_000;
const local = "127.0.0.1";
const suite = "AES_CM_128_HMAC_SHA1_80";

function portsOf(stream: number): Ports {
  return { phone: FIRST_PORT + 4 * stream, pbx: FIRST_PORT + 4 * stream + 2 };
}

/** The floor for anything on dgram: no checks, no keys, the same sockets and the same two endpoints. */
async function relayBare(order: RelayOrder): Promise<void> {
  const lookup = (host: string, _o: unknown, done: (e: null, address: string, family: number) => void) =>
    done(null, host, 4);
  const open = async (port: number) => {
    const socket = createSocket({ type: "udp4", lookup: lookup as never });
    await new Promise<void>((resolve) => socket.bind(port, local, resolve));
    return socket;
  };
  for (let stream = 0; stream < order.streams; stream++) {
    const ports = portsOf(stream);
    const [a, b] = [await open(ports.phone), await open(ports.pbx)];
    a.on("message", (packet) => b.send(packet, order.pbx.port, order.pbx.address));
    b.on("message", (packet) => a.send(packet, order.phone.port, order.phone.address));
  }
}

let changed = (): void => {};
let opened = 0;
let engine: Engine | undefined;

async function engineFor({ by, processor }: SubjectOrder): Promise<Engine> {
  const pin = processor === undefined ? [] : [processor];
  const { factory } = chooseEngine({ engine: by === "native" ? by : "js", threads: 1, pin });
  return factory((events: readonly EngineEvent[]) => {
    for (const event of events) {
      if (event.kind === "bind-failed") fail(`port taken: ${event.detail}`);
      if (event.kind === "opened") opened++;
    }
    changed();
  });
}

/** Not thrown: the engine's thread would go on, and whoever asked would wait. */
function fail(why: string): never {
  console.error(why);
  process.exit(1);
}

/** Streams of an order come after those of the orders before. */
async function relayByEngine(order: SubjectOrder): Promise<void> {
  engine ??= await engineFor(order);
  const config = (peer: Place, key: Uint8Array | undefined) => ({
    ...plainTransport,
    send: true,
    inbound: key && ({ suite, key } as const),
    outbound: key && ({ suite, key: new Uint8Array(30).fill(2) } as const),
    latch: {
      signalled: { rtp: peer, rtcp: { ...peer, port: peer.port + 1 } },
      sendAtOnce: true,
      learnFrom: [peer.address],
      windowMs: 3000,
      packets: 5,
      payloadTypes: [0],
    },
  });
  for (let stream = laid; stream < laid + order.streams; stream++) {
    const ports = portsOf(stream);
    const [left, right] = [2 * stream, 2 * stream + 1];
    engine.submit([
      { kind: "open", pair: left, group: 0, address: local, port: ports.phone },
      { kind: "open", pair: right, group: 0, address: local, port: ports.pbx },
      { kind: "join", left, right },
      { kind: "configure", pair: left, config: config(order.phone, order.key) },
      { kind: "configure", pair: right, config: config(order.pbx, undefined) },
    ]);
  }
  while (opened < 2 * (laid + order.streams)) {
    await new Promise<void>((resolve) => {
      changed = resolve;
    });
  }
}

let laid = 0;

answering<SubjectOrder>(async (order) => {
  await (order.by === "bare" ? relayBare(order) : relayByEngine(order));
  laid += order.streams;
  return Array.from({ length: order.streams }, (_, place) => portsOf(laid - order.streams + place));
});
