/** Threat L10: slow, silent, half-open, oversized and too many connections, over real sockets. */
import type { ConnectionDeadlines } from "@ringfence/edge";
import { afterEach, expect, test } from "vitest";
import { answerTo, edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";
import { type Peer, RawPeers, upgrade } from "../support/raw-peers.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const { tcp, tls } = new RawPeers(cleanup);

/** A test shortens what it is about: whatever else comes late on a busy machine is not the question. */
const patient: ConnectionDeadlines = {
  handshake: 60_000,
  message: 60_000,
  first: 60_000,
  unregistered: 60_000,
  idle: 60_000,
  goodbye: 200,
};

async function everyTransport() {
  const [tcpPort, tlsPort, wsPort, wssPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const at = (transport: string, port: number) => `{ transport: ${transport}, address: 127.0.0.1, port: ${port} }`;
  const listen = [at("tcp", tcpPort), at("tls", tlsPort), at("ws", wsPort), at("wss", wssPort)].join(", ");
  return { tcpPort, tlsPort, wsPort, wssPort, listen };
}

test("threat L10: silent connections and half-open handshakes are closed by deadline, on every transport", async () => {
  const { listen, tcpPort, tlsPort, wsPort, wssPort } = await everyTransport();
  // Two of them end their handshakes.
  const world = await edgeOnSockets({ listen, deadlines: { ...patient, handshake: 2_000, first: 300 } }, cleanup);
  const silent = [await tcp(tcpPort), await tls(tlsPort)];
  const halfOpen = [await tcp(tlsPort), await tcp(wsPort), await tcp(wssPort), await tls(wssPort)];
  // Half a ClientHello, half an upgrade.
  halfOpen[0]?.socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1]));
  halfOpen[1]?.socket.write(upgrade.slice(0, 40));
  halfOpen[3]?.socket.write(upgrade.slice(0, 40));
  await expect.poll(() => [...silent, ...halfOpen].every((p) => p.gone())).toBe(true);
  await expect.poll(() => [world.closed("silent"), world.closed("handshake")]).toEqual([2, 4]);
  expect(world.edge.status().connections).toBe(0);
});

test("threat L10: an octet now and then does not keep a message alive, and neither do keep-alives", async () => {
  const { listen, tcpPort, tlsPort } = await everyTransport();
  const world = await edgeOnSockets({ listen, deadlines: { ...patient, message: 1_000 } }, cleanup);
  const trickle = [await tcp(tcpPort), await tls(tlsPort)];
  const head = phoneRequest("REGISTER", "TCP", "slow");
  // Ten keep-alives first: the clock of the message starts at its first octet all the same.
  for (const { socket } of trickle) socket.write("\r\n\r\n".repeat(10));
  let at = 0;
  const drip = setInterval(() => {
    for (const { socket } of trickle) if (!socket.destroyed) socket.write(head.charAt(at));
    at++;
  }, 20);
  cleanup.push(() => clearInterval(drip));
  await expect.poll(() => trickle.every((p) => p.gone())).toBe(true);
  await expect.poll(() => world.closed("slow-message")).toBe(2);
});

test("threat L10: WebSocket fragments for ever are one slow message, whatever pings stand between them", async () => {
  const { listen, wsPort } = await everyTransport();
  const world = await edgeOnSockets({ listen, deadlines: { ...patient, message: 1_000 } }, cleanup);
  const peer = await tcp(wsPort);
  peer.socket.write(upgrade);
  await expect.poll(peer.got).toContain("101 Switching Protocols");
  const mask = [0, 0, 0, 0];
  peer.socket.write(Buffer.from([0x01, 0x81, ...mask, 0x52]));
  const drip = setInterval(() => {
    if (peer.socket.destroyed) return;
    peer.socket.write(Buffer.from([0x89, 0x80, ...mask]));
    peer.socket.write(Buffer.from([0x00, 0x80, ...mask]));
  }, 50);
  cleanup.push(() => clearInterval(drip));
  await expect.poll(peer.gone).toBe(true);
  await expect.poll(() => world.closed("slow-message")).toBe(1);
});

test("threat L10: lengths nobody can honour and heads without end are answered 400 and closed", async () => {
  const { listen, tcpPort, wsPort } = await everyTransport();
  const world = await edgeOnSockets({ listen, deadlines: patient }, cleanup);
  const lengths = ["2147483648", "18446744073709551616", "-1", "0x10", "0\r\nContent-Length: 5", "65537"];
  for (const [i, length] of lengths.entries()) {
    const peer = await tcp(tcpPort);
    peer.socket.write(
      phoneRequest("OPTIONS", "TCP", `cl${i}`).replace("Content-Length: 0", `Content-Length: ${length}`),
    );
    await expect.poll(peer.gone).toBe(true);
    expect([length, peer.got().slice(0, 12)]).toEqual([length, "SIP/2.0 400 "]);
  }
  const endless = await tcp(tcpPort);
  endless.socket.write(phoneRequest("OPTIONS", "TCP", "endless").slice(0, -4));
  const flood = `X-Long: ${"x".repeat(4_000)}\r\n`.repeat(16);
  for (let sent = 0; sent < 64 * 2 ** 20 && !endless.gone(); sent += flood.length) {
    endless.socket.write(flood);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(endless.gone).toBe(true);
  await expect.poll(() => world.closed("broken")).toBe(lengths.length + 1);

  const frame = await tcp(wsPort);
  frame.socket.write(upgrade);
  await expect.poll(frame.got).toContain("101 Switching Protocols");
  // A frame that promises 2^31 octets.
  frame.socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]));
  await expect.poll(frame.gone).toBe(true);
});

test("threat L10: one source holds so many connections and no more; others and trusted ones are not concerned", async () => {
  const port = await freePort();
  const listen = `{ transport: tcp, address: 127.0.0.1, port: ${port} }`;
  const more = "defence: { source: { connections: 4 }, allow: [127.0.0.9] }";
  const world = await edgeOnSockets({ listen, more, deadlines: patient }, cleanup);
  const held = [];
  for (let i = 0; i < 4; i++) held.push(await tcp(port, "127.0.0.7"));
  const fifth = await tcp(port, "127.0.0.7");
  await expect.poll(fifth.gone).toBe(true);
  expect(world.closed("source-full")).toBe(1);
  for (let i = 0; i < 6; i++) await tcp(port, "127.0.0.9");
  await tcp(port, "127.0.0.8");
  await expect.poll(() => world.edge.status().connections).toBe(11);
  held[0]?.socket.destroy();
  await expect.poll(() => world.edge.status().connections).toBe(10);
  const next = await tcp(port, "127.0.0.7");
  next.socket.write(phoneRequest("OPTIONS", "TCP", "next"));
  await expect.poll(next.got).toMatch(/^SIP\/2.0 200 /);
});

test("threat L10: a source that connects again and again is not given a handshake each time", async () => {
  const port = await freePort();
  const listen = `{ transport: tls, address: 127.0.0.1, port: ${port} }`;
  const world = await edgeOnSockets({ listen, deadlines: patient }, cleanup);
  // Who is slow is given more of them.
  while (world.closed("source-rate") < 20) {
    const peer = await tcp(port, "127.0.0.7");
    peer.socket.destroy();
  }
  const other = await tls(port);
  other.socket.write(phoneRequest("OPTIONS", "TLS", "other"));
  await expect.poll(other.got).toMatch(/^SIP\/2.0 200 /);
});

test("threat L10: without a registration a connection ends soon, with one it stays, and so it does during a call", async () => {
  const port = await freePort();
  const listen = `{ transport: tcp, address: 127.0.0.1, port: ${port} }`;
  const deadlines = { ...patient, unregistered: 3_000 };
  const world = await edgeOnSockets({ listen, deadlines, answer: (r) => answerTo(r, "180 Ringing") }, cleanup);
  const [stranger, phone, emergency] = [await tcp(port), await tcp(port), await tcp(port)];
  const options = phoneRequest("OPTIONS", "TCP", "stranger");
  stranger.socket.write(options);
  phone.socket.write(phoneRequest("REGISTER", "TCP", "phone"));
  const invite = phoneRequest("OPTIONS", "TCP", "sos")
    .replaceAll("OPTIONS", "INVITE")
    .replace("sip:pbx.example.com SIP", "sip:112@pbx.example.com SIP")
    .replace("Content-Length", "Contact: <sip:sos@xyz.invalid>\r\nContent-Length");
  emergency.socket.write(invite);
  await expect.poll(emergency.got).toContain("SIP/2.0 180");
  // Keep-alives and further messages do not make a stranger a phone.
  const alive = setInterval(() => {
    if (!stranger.socket.destroyed) stranger.socket.write("\r\n\r\n");
  }, 100);
  cleanup.push(() => clearInterval(alive));
  await expect.poll(stranger.gone).toBe(true);
  expect(world.closed("unregistered")).toBe(1);
  expect([phone.gone(), emergency.gone()]).toEqual([false, false]);
  expect(world.edge.status()).toMatchObject({ registrations: 1, calls: 1, connections: 2 });
});

test("threat L10: a peer that asks and never reads is cut when too much waits for it", async () => {
  const port = await freePort();
  const listen = `{ transport: tcp, address: 127.0.0.1, port: ${port} }`;
  const more = "defence: { source: { new_transactions_per_second: 100000 } }";
  const world = await edgeOnSockets({ listen, more, deadlines: patient }, cleanup);
  const peer = await tcp(port);
  peer.socket.pause();
  const broken = phoneRequest("OPTIONS", "TCP", "deaf").replace("OPTIONS sip:pbx.example.com", "OPTIONS http://x");
  // The answer repeats the Via, so each is large.
  const flood = broken.replace(";rport", `;x=${"y".repeat(3_000)}`).repeat(20);
  for (let i = 0; i < 400 && world.closed("not-reading") === 0; i++) {
    peer.socket.write(flood);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => world.closed("not-reading")).toBe(1);
});

test("threat L10: while hundreds of slow connections hang, a phone registers over TLS", async () => {
  const { listen, tcpPort, tlsPort } = await everyTransport();
  const world = await edgeOnSockets({ listen, deadlines: { ...patient, handshake: 5_000, first: 5_000 } }, cleanup);
  const slow: Peer[] = [];
  for (let source = 10; source < 20; source++) {
    for (let i = 0; i < 30; i++) slow.push(await tcp(i % 2 === 0 ? tcpPort : tlsPort, `127.0.0.${source}`));
  }
  const phone = await tls(tlsPort);
  phone.socket.write(phoneRequest("REGISTER", "TLS", "legit"));
  await expect.poll(phone.got).toMatch(/^SIP\/2.0 200 /);
  await expect.poll(() => slow.every((p) => p.gone())).toBe(true);
  expect(world.edge.status()).toMatchObject({ registrations: 1, connections: 1 });
});
