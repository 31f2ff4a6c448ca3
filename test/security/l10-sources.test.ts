/** Threat L10, the small form of test/bench/detail/hostile-connections.ts: many sources, each with more connections than its share. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const share = 10;
const attempts = 15;
/** Fewer than the shares allow together. */
const places = 80;
const sources = Array.from({ length: 10 }, (_, i) => `127.0.3.${i + 1}`);
const deadlines = {
  handshake: 4_000,
  message: 4_000,
  first: 4_000,
  unregistered: 10_000,
  idle: 60_000,
  goodbye: 200,
};

async function hostile(port: number, localAddress: string, says: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  socket.on("data", () => {});
  cleanup.push(() => socket.destroy());
  await once(socket, "connect");
  socket.write(says);
  return socket;
}

test("threat L10: ten sources hold no more than their share, all together no more than strangers may, all of it is closed, and a phone registers", async () => {
  const [tcp, tls, wss] = [await freePort(), await freePort(), await freePort()];
  const at = (transport: string, port: number) => `{ transport: ${transport}, address: 127.0.0.1, port: ${port} }`;
  const listen = [at("tcp", tcp), at("tls", tls), at("wss", wss)].join(", ");
  const more = `defence: { source: { connections: ${share} }, strangers: { connections: ${places} } }`;
  const world = await edgeOnSockets({ listen, more, deadlines }, cleanup);
  const ports = [tcp, tls, wss];
  const sockets: Socket[] = [];
  for (const source of sources) {
    for (let i = 0; i < attempts; i++) {
      const port = ports[i % ports.length] ?? tcp;
      // The first octets of a request over TCP, of a handshake over the others.
      sockets.push(await hostile(port, source, port === tcp ? "REG" : "\u0016\u0003\u0001"));
    }
  }
  expect(world.edge.status().strangers).toBeLessThanOrEqual(places);
  const raw = connect({ port: tls, host: "127.0.0.1", localAddress: "127.0.3.200" });
  const phone = tlsConnect({ socket: raw, rejectUnauthorized: false });
  cleanup.push(() => phone.destroy());
  let got = "";
  phone.on("data", (chunk) => {
    got += chunk.toString("latin1");
  });
  phone.on("secureConnect", () => phone.write(phoneRequest("REGISTER", "TLS", "beside")));
  await expect.poll(() => got).toMatch(/^SIP\/2.0 200 /);
  await expect.poll(() => sockets.every((socket) => socket.destroyed)).toBe(true);
  // A machine too busy to read the first octets in time calls it silent.
  const reasons = ["source-full", "strangers-full", "made-room", "handshake", "slow-message", "silent"] as const;
  const [full = 0, ...others] = reasons.map((why) => world.closed(why));
  // Slower machines close some before the last of their source have come.
  expect(full).toBeGreaterThan(0);
  expect(full + others.reduce((sum, count) => sum + count, 0)).toBe(sources.length * attempts);
  expect(world.edge.status()).toMatchObject({ registrations: 1, connections: 1 });
}, 60_000);
