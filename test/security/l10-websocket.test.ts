/** Threat L10 at the WebSocket front: what a client may not do to HTTP and to frames (RFC 6455, RFC 7118), over real sockets. */
import type { ConnectionDeadlines } from "@ringfence/edge";
import { afterEach, expect, test } from "vitest";
import { edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { type Peer, RawPeers, upgrade, upgradeWith } from "../support/raw-peers.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});
const { tcp, tls } = new RawPeers(cleanup);

const patient: ConnectionDeadlines = {
  handshake: 60_000,
  message: 60_000,
  first: 60_000,
  unregistered: 60_000,
  idle: 60_000,
  goodbye: 200,
};

async function front(deadlines: Partial<ConnectionDeadlines> = {}) {
  const [port, securePort] = [await freePort(), await freePort()];
  const at = (transport: string, place: number) => `{ transport: ${transport}, address: 127.0.0.1, port: ${place} }`;
  const listen = `${at("ws", port)}, ${at("wss", securePort)}`;
  const more = "defence: { source: { new_transactions_per_second: 100000 } }";
  const world = await edgeOnSockets({ listen, more, deadlines: { ...patient, ...deadlines } }, cleanup);
  return { port, securePort, world };
}

const goesAway = (peer: Peer) => expect.poll(peer.gone).toBe(true);

async function open(port: number): Promise<Peer> {
  const peer = await tcp(port);
  peer.socket.write(upgrade);
  await expect.poll(peer.got).toContain("101 Switching Protocols");
  return peer;
}

const mask = [7, 7, 7, 7];

/** @param first FIN, RSV and opcode */
function frame(first: number, payload: Uint8Array | string, masked = true): Buffer {
  const octets = Buffer.from(payload);
  const head = Buffer.alloc(octets.length < 126 ? 2 : 4);
  head[0] = first;
  head[1] = (masked ? 0x80 : 0) | Math.min(octets.length, 126);
  if (octets.length >= 126) head.writeUInt16BE(octets.length, 2);
  if (!masked) return Buffer.concat([head, octets]);
  return Buffer.concat([head, Buffer.from(mask), octets.map((octet, i) => octet ^ (mask[i % 4] ?? 0))]);
}

const options = (id: string): string => phoneRequest("OPTIONS", "WS", id);

test.each([
  ["a frame that is not masked", [frame(0x81, options("unmasked"), false)]],
  ["a reserved bit, which compression would set", [frame(0xc1, options("rsv1"))]],
  ["a reserved opcode", [frame(0x83, options("opcode"))]],
  ["a control frame in pieces", [frame(0x09, "a")]],
  ["a control frame that is too long", [frame(0x89, "x".repeat(126))]],
  ["text that is no UTF-8", [frame(0x81, Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x41]))]],
  ["a fragment that continues nothing", [frame(0x80, options("lonely"))]],
  ["a message within a message", [frame(0x01, "OPTIONS"), frame(0x81, options("nested"))]],
  ["a message in dust", Array.from({ length: 80 }, (_, i) => frame(i === 0 ? 0x01 : 0x00, "x"))],
  [
    "fragments that are too much together",
    Array.from({ length: 40 }, (_, i) => frame(i === 0 ? 0x01 : 0, "x".repeat(4_000))),
  ],
])("threat L10: what closes a WebSocket, unread: %s", async (_name, frames) => {
  const { port, world } = await front();
  const peer = await open(port);
  for (const one of frames) peer.socket.write(one);
  // What follows is not looked at.
  peer.socket.write(frame(0x81, phoneRequest("REGISTER", "WS", "after")));
  await goesAway(peer);
  expect(peer.got()).not.toContain("SIP/2.0");
  expect(world.atPbx).toEqual([]);
  await eventually("its connection to be forgotten", () => world.edge.status().connections === 0);
  expect(world.edge.status().registrations).toBe(0);
});

test.each([
  ["two Origins", upgradeWith("Origin: https://a.example", "Origin: https://b.example"), "403"],
  ["an empty Origin", upgradeWith("Origin: "), "403"],
  ["no subprotocol", upgrade.replace("Sec-WebSocket-Protocol: sip\r\n", ""), "400"],
  ["a subprotocol that only begins so", upgrade.replace("Protocol: sip", "Protocol: sip2, xsip"), "400"],
  ["no key", upgrade.replace(/Sec-WebSocket-Key.*\r\n/, ""), "400"],
  ["a key that is none", upgrade.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"), "400"],
  ["another version of the protocol", upgrade.replace("Version: 13", "Version: 7"), "400|426"],
  ["another protocol", upgrade.replace("websocket", "h2c"), "400|426"],
  ["another method", upgrade.replace("GET", "POST"), "405|400"],
  ["no upgrade at all", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "426"],
])("threat L10: an upgrade with %s is refused and the connection closed", async (_name, request, status) => {
  const { port, world } = await front();
  const peer = await tcp(port);
  peer.socket.write(request);
  peer.socket.write(frame(0x81, phoneRequest("REGISTER", "WS", "after")));
  await goesAway(peer);
  expect(peer.got()).toMatch(new RegExp(`^HTTP/1\\.1 (${status}) `));
  expect(peer.got()).not.toContain("SIP/2.0");
  expect(world.atPbx).toEqual([]);
});

test("threat L10: a second request in the same connection is not answered, and a body is not waited for", async () => {
  const { port } = await front({ handshake: 3_000 });
  const two = await tcp(port);
  two.socket.write("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  await goesAway(two);
  expect(two.got().split("HTTP/1.1 ")).toHaveLength(2);
  const body = await tcp(port);
  body.socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx");
  await goesAway(body);
});

test("threat L10: an upgrade that comes octet by octet, or never ends, is closed by deadline, with TLS too", async () => {
  const { port, securePort, world } = await front({ handshake: 3_000 });
  const slow = [await tcp(port), await tls(securePort)];
  let at = 0;
  const drip = setInterval(() => {
    for (const { socket } of slow) if (!socket.destroyed) socket.write(upgrade.charAt(at % 40));
    at++;
  }, 20);
  cleanup.push(() => clearInterval(drip));
  await expect.poll(() => slow.every((peer) => peer.gone())).toBe(true);
  await expect.poll(() => world.closed("handshake")).toBe(2);
  const endless = await tcp(port);
  endless.socket.write(upgrade.slice(0, -2));
  for (let i = 0; i < 4_000 && !endless.gone(); i++) endless.socket.write(`X-${i}: ${"y".repeat(1_000)}\r\n`);
  await goesAway(endless);
  expect(endless.got()).not.toContain("101 ");
});

test("threat L10: a WebSocket that only keeps itself alive has said nothing", async () => {
  const { port, world } = await front({ first: 1_000 });
  const peers = [await open(port), await open(port), await open(port)];
  const said = [frame(0x81, "\r\n\r\n"), frame(0x81, ""), frame(0x89, "")];
  const alive = setInterval(() => {
    for (const [i, { socket }] of peers.entries()) if (!socket.destroyed) socket.write(said[i] ?? "");
  }, 50);
  cleanup.push(() => clearInterval(alive));
  await expect.poll(() => peers.every((peer) => peer.gone())).toBe(true);
  expect(world.closed("silent")).toBe(3);
});

test("threat L10: a client that pings without end is cut", async () => {
  const { port, world } = await front();
  const peer = await open(port);
  peer.socket.pause();
  const pings = Buffer.concat(Array.from({ length: 500 }, () => frame(0x89, "p".repeat(125))));
  for (let i = 0; i < 400 && world.edge.status().connections > 0; i++) {
    peer.socket.write(pings);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => world.edge.status().connections).toBe(0);
});

test("threat L10: a client that asks and reads nothing is cut when too much waits for it", async () => {
  const { port, world } = await front();
  const peer = await open(port);
  peer.socket.pause();
  // The answer repeats the Via, so each is large.
  const question = options("deaf").replace("OPTIONS sip:pbx.example.com", "OPTIONS http://x");
  const flood = Buffer.concat(
    Array.from({ length: 20 }, () => frame(0x81, question.replace(";rport", `;x=${"y".repeat(3_000)}`))),
  );
  for (let i = 0; i < 400 && world.closed("not-reading") === 0; i++) {
    peer.socket.write(flood);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => world.closed("not-reading")).toBe(1);
});

test("no compression is agreed on, and a frame that comes with the upgrade is heard", async () => {
  const { port } = await front();
  const peer = await tcp(port);
  const request = upgradeWith("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
  peer.socket.write(Buffer.concat([Buffer.from(request), frame(0x81, options("early"))]));
  await expect.poll(peer.got).toContain("SIP/2.0 200 ");
  expect(peer.got()).not.toContain("Sec-WebSocket-Extensions");
});
