import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, expect, test } from "vitest";
import type { LinePlace } from "../../packages/appliance/src/collectors/line.ts";
import { openLine } from "../../packages/appliance/src/io/collector-line.ts";
import { later } from "../../packages/appliance/src/logs/later.ts";
import { encodeHep } from "../../packages/appliance/src/trace/hep.ts";
import { HepSender } from "../../packages/appliance/src/trace/hep-sender.ts";
import { selfSigned } from "../pbx/tls-identity.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { decodeHepStream } from "../support/hep-decoder.ts";

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

function packet(text: string): Buffer {
  const place = { address: "192.0.2.1", port: 5_060 };
  const facts = { carrier: "udp", kind: "sip", agent: 1, key: undefined, correlation: "" } as const;
  return encodeHep({ ...facts, source: place, destination: place, at: 0, payload: Buffer.from(text) });
}

function sender(port: number, more: Partial<LinePlace>): { readonly sender: HepSender; readonly told: string[] } {
  const told: string[] = [];
  const place = { transport: "tcp", host: "127.0.0.1", port, ca: undefined, pair: undefined, ...more } as const;
  const made = new HepSender(place, {
    open: openLine,
    // Nobody waits here for seconds.
    later: (ms, work) => later(ms / 100, work),
    onLost: (why) => void told.push(why),
    onBack: () => void told.push("well"),
  });
  undo.push(() => made.close());
  return { sender: made, told };
}

/** Takes connections and gathers what is said on them. */
async function collector(server: Server, port = 0, taken: "connection" | "secureConnection" = "connection") {
  const pieces: Buffer[] = [];
  const open: Socket[] = [];
  server.on(taken, (socket: Socket) => {
    open.push(socket);
    socket.on("error", () => undefined).on("data", (piece: Buffer) => void pieces.push(piece));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const end = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  undo.push(end);
  const texts = (): readonly string[] => decodeHepStream(Buffer.concat(pieces)).map(({ payload }) => payload);
  return { port: (server.address() as AddressInfo).port, texts, open, end };
}

const all = ["one", "two", "three"];

test("UDP: a datagram each", async () => {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  undo.push(() => socket.close());
  await once(socket, "listening");
  const got: string[] = [];
  socket.on("message", (octets) => got.push(...decodeHepStream(octets).map(({ payload }) => payload)));
  const { sender: to } = sender(socket.address().port, { transport: "udp" });
  for (const text of all) to.send(packet(text));
  await eventually("three datagrams", () => got.length === 3);
  expect([got, to.sent, to.dropped]).toEqual([all, 3, 0]);
});

test("TCP: one behind the other, those too that came before there was a connection", async () => {
  const { port, texts } = await collector(createServer());
  const { sender: to } = sender(port, {});
  for (const text of all) to.send(packet(text));
  await eventually("three packets", () => texts().length === 3);
  expect([texts(), to.sent]).toEqual([all, 3]);
});

test("TLS: to a collector with the right name, and to no other", async () => {
  const right = selfSigned(["127.0.0.1"]);
  const wrong = selfSigned(["192.0.2.1"]);
  const good = await collector(createTlsServer(right), 0, "secureConnection");
  const bad = await collector(createTlsServer(wrong), 0, "secureConnection");
  const one = sender(good.port, { transport: "tls", ca: right.cert });
  const other = sender(bad.port, { transport: "tls", ca: wrong.cert });
  const unsigned = sender(good.port, { transport: "tls" });
  for (const { sender: to } of [one, other, unsigned]) to.send(packet("secret"));
  await eventually("the packet", () => good.texts().length === 1);
  await eventually("the refusals", () => other.told.length === 1 && unsigned.told.length === 1);
  expect([other.told, unsigned.told]).toEqual([["ERR_TLS_CERT_ALTNAME_INVALID"], ["DEPTH_ZERO_SELF_SIGNED_CERT"]]);
  expect([bad.texts(), one.told, other.sender.sent]).toEqual([[], [], 0]);
});

test("a collector that is away is said once, and again when it is back; what waited arrives", async () => {
  const port = await freePort();
  const { sender: to, told } = sender(port, {});
  to.send(packet("early"));
  await eventually("the trouble", () => told.length > 0);
  const { texts } = await collector(createServer(), port);
  await eventually("the packet, and the word that all is well", () => texts().length === 1 && told.length > 1);
  expect([texts(), told]).toEqual([["early"], ["ECONNREFUSED", "well"]]);
});

test("what finds no room is dropped and counted, and nothing waits for it", async () => {
  const { sender: to } = sender(await freePort(), {});
  const large = packet("x".repeat(60_000));
  for (let i = 0; i < 50; i++) to.send(large);
  const room = Math.floor((2 * 1_024 * 1_024) / large.length);
  expect([to.sent, to.dropped]).toEqual([0, 50 - room]);
});
