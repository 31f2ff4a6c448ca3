/** The process under measurement: relays packets between two endpoints of the generator, by our engine or by bare dgram. */
import { createSocket } from "node:dgram";
import type { EngineEvent } from "../../packages/media/src/engine/engine.ts";
import { portableEngine } from "../../packages/media/src/engine/portable.ts";

export interface RelayOrder {
  readonly streams: number;
  readonly firstPort: number;
  readonly phone: { readonly address: string; readonly port: number };
  readonly pbx: { readonly address: string; readonly port: number };
  /** Of each stream; undefined: plain RTP on both legs. */
  readonly keys: { readonly theirs: Uint8Array; readonly ours: Uint8Array } | undefined;
}

const local = "127.0.0.1";
const suite = "AES_CM_128_HMAC_SHA1_80";

function portsOf(order: RelayOrder, stream: number): readonly [number, number] {
  return [order.firstPort + 4 * stream, order.firstPort + 4 * stream + 2];
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
    const [portA, portB] = portsOf(order, stream);
    const [a, b] = [await open(portA), await open(portB)];
    a.on("message", (packet) => b.send(packet, order.pbx.port, order.pbx.address));
    b.on("message", (packet) => a.send(packet, order.phone.port, order.phone.address));
  }
}

async function relayByEngine(order: RelayOrder): Promise<void> {
  let changed = (): void => {};
  let opened = 0;
  const engine = await portableEngine({ workers: 1 })((events: readonly EngineEvent[]) => {
    for (const event of events) {
      if (event.kind === "bind-failed") throw new Error(`port taken: ${event.detail}`);
      if (event.kind === "opened") opened++;
    }
    changed();
  });
  const config = (peer: RelayOrder["phone"], keys: RelayOrder["keys"]) => ({
    send: true,
    inbound: keys && ({ suite, key: keys.theirs } as const),
    outbound: keys && ({ suite, key: keys.ours } as const),
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
    const [portA, portB] = portsOf(order, stream);
    const [left, right] = [2 * stream, 2 * stream + 1];
    engine.submit([
      { kind: "open", pair: left, group: 0, address: local, port: portA, media: "audio" },
      { kind: "open", pair: right, group: 0, address: local, port: portB, media: "audio" },
      { kind: "join", left, right },
      { kind: "configure", pair: left, config: config(order.phone, order.keys) },
      { kind: "configure", pair: right, config: config(order.pbx, undefined) },
    ]);
  }
  while (opened < 2 * order.streams) {
    await new Promise<void>((resolve) => {
      changed = resolve;
    });
  }
}

process.on("message", async (message: { kind: "bare" | "engine"; order: RelayOrder } | { kind: "cpu" }) => {
  if (message.kind === "cpu") process.send?.(process.cpuUsage());
  else {
    await (message.kind === "bare" ? relayBare : relayByEngine)(message.order);
    process.send?.("ready");
  }
});
