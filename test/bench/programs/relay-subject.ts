/** The process under measurement: relays packets between two endpoints of the generator, by our engine or by bare dgram. */
import { createSocket } from "node:dgram";
import { type EngineEvent, plainTransport } from "../../../packages/media/src/engine/engine.ts";
import { chooseEngine } from "../../../packages/media/src/engine/engine-choice.ts";
import { answering } from "../load/child.ts";
import type { Place } from "../load/phones.ts";
import type { Ports, RelayOrder } from "../load/relay.ts";

export interface SubjectOrder extends RelayOrder {
  readonly by: "bare" | "native" | "portable";
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

async function relayByEngine(order: RelayOrder, by: "native" | "portable"): Promise<void> {
  let changed = (): void => {};
  let opened = 0;
  const { factory } = chooseEngine({ engine: by === "native" ? by : "js", threads: 1 });
  const engine = await factory((events: readonly EngineEvent[]) => {
    for (const event of events) {
      if (event.kind === "bind-failed") throw new Error(`port taken: ${event.detail}`);
      if (event.kind === "opened") opened++;
    }
    changed();
  });
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
  for (let stream = 0; stream < order.streams; stream++) {
    const ports = portsOf(stream);
    const [left, right] = [2 * stream, 2 * stream + 1];
    engine.submit([
      { kind: "open", pair: left, group: 0, address: local, port: ports.phone, media: "audio" },
      { kind: "open", pair: right, group: 0, address: local, port: ports.pbx, media: "audio" },
      { kind: "join", left, right },
      { kind: "configure", pair: left, config: config(order.phone, order.key) },
      { kind: "configure", pair: right, config: config(order.pbx, undefined) },
    ]);
  }
  while (opened < 2 * order.streams) {
    await new Promise<void>((resolve) => {
      changed = resolve;
    });
  }
}

answering<SubjectOrder>(async (order) => {
  await (order.by === "bare" ? relayBare(order) : relayByEngine(order, order.by));
  return Array.from({ length: order.streams }, (_, stream) => portsOf(stream));
});
