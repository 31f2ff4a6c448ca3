/** Threat L10: connections on which nobody has registered share a number of places, over real sockets. */
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import type { ConnectionDeadlines } from "@ringfence/edge";
import { afterEach, expect, test } from "vitest";
import { answerTo, edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";
import { type Peer, RawPeers } from "../support/raw-peers.ts";

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

const PLACES = 16;

async function front(more = "") {
  const [port, secure] = [await freePort(), await freePort()];
  const at = (transport: string, place: number) => `{ transport: ${transport}, address: 127.0.0.1, port: ${place} }`;
  const world = await edgeOnSockets(
    {
      listen: `${at("tcp", port)}, ${at("tls", secure)}`,
      more: `defence: { strangers: { connections: ${PLACES} }${more} }`,
      deadlines: patient,
      answer: (request) => answerTo(request, "180 Ringing"),
    },
    cleanup,
  );
  const come = async (count: number, source: (i: number) => string): Promise<readonly Peer[]> => {
    const peers: Peer[] = [];
    for (let i = 0; i < count; i++) peers.push(await tcp(port, source(i)));
    return peers;
  };
  return { port, secure, world, come };
}

const gone = (peers: readonly Peer[]): number => peers.filter((peer) => peer.gone()).length;
const one = () => "127.0.4.1";
const each = (i: number) => `127.0.5.${i + 1}`;

test("threat L10: a source that holds all places of strangers gets no more, and gives them to others one by one", async () => {
  const { world, come } = await front();
  const many = await come(PLACES, one);
  const more = await come(3, one);
  await expect.poll(() => gone(more)).toBe(3);
  expect([world.closed("strangers-full"), gone(many)]).toEqual([3, 0]);
  // Once a minute, however many come.
  expect(world.events.filter(({ reason }) => reason === "strangers-full")).toHaveLength(1);
  const others = await come(4, each);
  await expect.poll(() => world.closed("made-room")).toBe(4);
  await expect.poll(() => many.slice(0, 4).every((peer) => peer.gone())).toBe(true);
  expect([gone(many), gone(others), world.edge.status().strangers]).toEqual([4, 0, PLACES]);
});

test("threat L10: with more sources than places a phone gets through, over TCP and TLS", async () => {
  const { world, come, port, secure } = await front();
  const hostile = await come(3 * PLACES, each);
  await expect.poll(() => gone(hostile)).toBe(2 * PLACES);
  const phones = [await tcp(port, "127.0.6.1"), await tls(secure, "127.0.6.2")];
  for (const [i, { socket }] of phones.entries()) {
    socket.write(
      phoneRequest("REGISTER", i === 0 ? "TCP" : "TLS", `phone${i}`).replaceAll("sip:1001@", `sip:100${i}@`),
    );
  }
  for (const phone of phones) await expect.poll(phone.got).toMatch(/^SIP\/2.0 200 /);
  const { registrations, connections } = world.edge.status();
  expect(registrations).toBe(2);
  // One that has registered gives its place back.
  expect(connections).toBeLessThanOrEqual(PLACES + 2);
});

test("threat L10: who has registered, or calls for help, is never pushed out", async () => {
  const { world, come, port } = await front();
  const [phone, helpless] = [await tcp(port, one()), await tcp(port, one())];
  phone.socket.write(phoneRequest("REGISTER", "TCP", "phone"));
  await expect.poll(phone.got).toMatch(/^SIP\/2.0 200 /);
  const invite = phoneRequest("OPTIONS", "TCP", "sos")
    .replaceAll("OPTIONS", "INVITE")
    .replace("sip:pbx.example.com SIP", "sip:112@pbx.example.com SIP")
    .replace("Content-Length", "Contact: <sip:sos@xyz.invalid>\r\nContent-Length");
  helpless.socket.write(invite);
  await expect.poll(helpless.got).toContain("SIP/2.0 180");
  // The oldest of the source that holds most would be these two.
  const hostile = [...(await come(PLACES, one)), ...(await come(2 * PLACES, each))];
  await expect.poll(() => gone(hostile)).toBe(2 * PLACES);
  expect([phone.gone(), helpless.gone()]).toEqual([false, false]);
  expect(world.edge.status()).toMatchObject({ registrations: 1, calls: 1, connections: PLACES + 2 });
});

test("threat L10: sources of defence.allow take no place of strangers", async () => {
  const { world, come, secure } = await front(", allow: [127.0.0.9]");
  const trusted = await come(2 * PLACES, () => "127.0.0.9");
  await expect.poll(() => world.edge.status().connections).toBe(2 * PLACES);
  expect([world.edge.status().strangers, gone(trusted)]).toEqual([0, 0]);
  const phone = await tls(secure, "127.0.6.2");
  phone.socket.write(phoneRequest("OPTIONS", "TLS", "phone"));
  await expect.poll(phone.got).toMatch(/^SIP\/2.0 200 /);
});

test("threat L10: what is no TLS is closed at its first octets", async () => {
  const { world, secure } = await front();
  const peers = [await tcp(secure, one()), await tcp(secure, one())];
  peers[0]?.socket.write(phoneRequest("OPTIONS", "TCP", "clear"));
  peers[1]?.socket.write(Buffer.from([0x80, 0x2e, 1, 3, 1]));
  await expect.poll(() => peers.map((p) => p.gone())).toEqual([true, true]);
  expect([world.closed("handshake"), world.edge.status().connections]).toEqual([2, 0]);
});

test("threat L10: a handshake that comes octet by octet is one all the same", async () => {
  const { secure } = await front();
  const slow = new Duplex({
    read() {},
    write(octets: Buffer, _encoding, done) {
      for (const octet of octets) raw.write(Buffer.from([octet]));
      done();
    },
  });
  const raw = connect({ port: secure, host: "127.0.0.1", localAddress: one(), noDelay: true });
  cleanup.push(() => raw.destroy());
  raw.on("data", (octets) => slow.push(octets));
  const phone = tlsConnect({ socket: slow, rejectUnauthorized: false });
  let got = "";
  phone.on("secureConnect", () => phone.write(phoneRequest("OPTIONS", "TLS", "octets")));
  phone.on("data", (octets) => {
    got += octets.toString("latin1");
  });
  await expect.poll(() => got).toMatch(/^SIP\/2.0 200 /);
});
