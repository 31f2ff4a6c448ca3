/** Threat L12 over connections: what there are no turns for waits with its sender, whose window closes, and nothing of it is lost. */
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type EdgeOnSockets, edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";
import { RawPeers } from "../support/raw-peers.ts";
import { UdpHost } from "../support/udp-host.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});
const { tcp, tls } = new RawPeers(cleanup);

const HOW_MANY = 1_000;

async function open(
  transport: "tcp" | "tls" | "ws",
): Promise<{ readonly port: number; readonly world: EdgeOnSockets }> {
  const port = await freePort();
  const at = (name: string): string => `{ transport: ${name}, address: 127.0.0.1, port: ${port} }`;
  const listen = transport === "tcp" ? `${at("tcp")}, ${at("udp")}` : at(transport);
  const more = "defence: { source: { new_transactions_per_second: 100000 } }";
  return { port, world: await edgeOnSockets({ listen, more }, cleanup) };
}

const flood = (transport: string): readonly string[] =>
  Array.from({ length: HOW_MANY }, (_, place) => phoneRequest("OPTIONS", transport, `flood-${place}`));

/** The Call-IDs of the answers, in the order they came. */
function answers(got: string): readonly string[] {
  const heads = got.split("SIP/2.0 200 OK").slice(1);
  return heads.map((head) => head.split("Call-ID: ")[1]?.split("\r\n")[0] ?? "");
}

const asked = Array.from({ length: HOW_MANY }, (_, place) => `flood-${place}`);

test.each(["tcp", "tls"] as const)(
  "threat L12: of a flood over %s everything is answered, in its order",
  async (transport) => {
    const { port, world } = await open(transport);
    const peer = await (transport === "tcp" ? tcp : tls)(port);
    peer.socket.write(flood(transport.toUpperCase()).join(""));
    await expect.poll(() => answers(peer.got()).length).toBe(HOW_MANY);
    expect(answers(peer.got())).toEqual(asked);
    expect(world.edge.status().dropped["no-turn"]).toBe(0);
    // The connection is as good as before.
    peer.socket.write(phoneRequest("OPTIONS", transport.toUpperCase(), "after"));
    await expect.poll(() => answers(peer.got()).at(-1)).toBe("after");
  },
);

test("threat L12: of a flood over a WebSocket everything is answered, in its order", async () => {
  const { port } = await open("ws");
  const client = new WebSocket(`ws://127.0.0.1:${port}`, ["sip"]);
  cleanup.push(() => client.terminate());
  await once(client, "open");
  let got = "";
  client.on("message", (data) => (got += String(data)));
  for (const one of flood("WS")) client.send(one);
  await expect.poll(() => answers(got).length).toBe(HOW_MANY);
  expect(answers(got)).toEqual(asked);
});

test("threat L12: who floods its connection waits behind itself: a phone beside it is answered before", async () => {
  const { port } = await open("tcp");
  const peer = await tcp(port);
  const phone = await UdpHost.open("127.0.0.3");
  cleanup.push(() => phone.close());
  peer.socket.write(flood("TCP").join(""));
  await phone.send(Buffer.from(phoneRequest("OPTIONS", "UDP", "phone")), port, "127.0.0.1");
  expect((await phone.next()).bytes.toString()).toMatch(/^SIP\/2\.0 200 .*branch=z9hG4bKphone/su);
  expect(answers(peer.got()).length).toBeLessThan(HOW_MANY);
  await expect.poll(() => answers(peer.got()).length).toBe(HOW_MANY);
});
