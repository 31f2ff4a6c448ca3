/** The same over real sockets: a carrier that listens for TCP beside UDP, and one that does not. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { type MediaPort, startEdge } from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { offer } from "../support/sip-script.ts";

const long = Buffer.from(`${offer}${"a=x\r\n".repeat(300)}`);
const media: MediaPort = {
  offer: async () => ({ ok: true, sdp: long }),
  answer: async () => ({ ok: true, sdp: long }),
  rollback() {},
  close() {},
};

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function datagrams() {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  cleanup.push(() => socket.close());
  return { socket, port: socket.address().port };
}

/** `first`: what came first over a connection. */
async function streams(port: number): Promise<{ readonly first: Promise<string> }> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => server.close());
  const first = new Promise<string>((resolve) => {
    server.once("connection", (socket) => {
      cleanup.push(() => socket.destroy());
      socket.once("data", (bytes) => resolve(bytes.toString("latin1")));
    });
  });
  return { first };
}

/** Listens and takes no connection: with its queue full, the kernel says nothing to who comes next. */
const sleeper = `
const { createServer } = require("node:net");
const { workerData: { port, gate }, parentPort } = require("node:worker_threads");
createServer().listen({ port, host: "127.0.0.1", backlog: 1 }, () => {
  parentPort.postMessage("listens");
  Atomics.wait(new Int32Array(gate), 0, 0);
});`;

async function silence(port: number): Promise<undefined> {
  const worker = new Worker(sleeper, { eval: true, workerData: { port, gate: new SharedArrayBuffer(4) } });
  cleanup.push(() => worker.terminate());
  await once(worker, "message");
  const waiting = Array.from({ length: 6 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  cleanup.push(() => waiting.map((socket) => socket.destroy()));
  // A backlog of one holds two.
  let queued = 0;
  await new Promise<void>((full) => {
    for (const socket of waiting) socket.once("connect", () => ++queued === 2 && full());
  });
  return undefined;
}

test.each([
  ["listens for TCP too: there it comes", "TCP", streams],
  ["has UDP only: there it comes, after TCP was refused", "UDP", async () => undefined],
  ["says nothing to TCP: it comes over UDP after a second", "UDP", silence],
] as const)("a large INVITE to a carrier that %s", async (_what, transport, prepare) => {
  const [pbx, carrier] = [await datagrams(), await datagrams()];
  const overTcp = await prepare(carrier.port);
  const overUdp = once(carrier.socket, "message") as Promise<[Buffer]>;
  const [phones, core] = [await freePort("127.0.0.1"), await freePort("127.0.0.3")];
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:${pbx.port}" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: ${phones} }] }
core: { phones_from: "127.0.0.2:${await freePort("127.0.0.2")}", trunks_from: "127.0.0.3:${core}" }
trunks: [{ name: carrier, hosts: [{ uri: "sip:127.0.0.1:${carrier.port}" }] }]
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = loaded;
  const tls = () => {
    throw new Error("no TLS here");
  };
  const settings = { settings: { config, tls }, policy: compile(config), media, onEvent() {}, onCount() {} };
  const edge = await startEdge(settings);
  cleanup.push(() => edge.stop());
  const invite = [
    "INVITE sip:+4930123456@127.0.0.3 SIP/2.0",
    `Via: SIP/2.0/UDP 127.0.0.1:${pbx.port};branch=z9hG4bKlarge`,
    "Max-Forwards: 70",
    "From: <sip:1001@127.0.0.1>;tag=pbx",
    "To: <sip:+4930123456@127.0.0.3>",
    "Call-ID: large",
    "CSeq: 1 INVITE",
    `Contact: <sip:1001@127.0.0.1:${pbx.port}>`,
    "Content-Type: application/sdp",
    `Content-Length: ${offer.length}`,
    "",
    offer,
  ].join("\r\n");
  pbx.socket.send(invite, core, "127.0.0.3");
  const got = (await overTcp?.first) ?? (await overUdp)[0].toString("latin1");
  expect(got).toMatch(/^INVITE sip:\+4930123456@127\.0\.0\.1:/);
  expect(got).toContain(`\r\nVia: SIP/2.0/${transport} 127.0.0.1:`);
});
