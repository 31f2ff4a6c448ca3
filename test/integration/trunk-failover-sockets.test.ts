/** The same over real sockets: timers, driver and endpoints as they run. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type MediaPort, startEdge } from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { offer } from "../support/sip-script.ts";

const media: MediaPort = {
  offer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  answer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  rollback() {},
  close() {},
};

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function host(address: string): Promise<{ readonly socket: Socket; readonly port: number }> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  cleanup.push(() => socket.close());
  return { socket, port: socket.address().port };
}

test("a call reaches the second host when the first is silent, from the carriers' own socket", async () => {
  const [pbx, silent, second] = [await host("127.0.0.1"), await host("127.0.0.1"), await host("127.0.0.1")];
  const ports = { phones: await freePort("127.0.0.1"), own: await freePort("127.0.0.1") };
  const core = { phones: await freePort("127.0.0.2"), trunks: await freePort("127.0.0.3") };
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:${pbx.port}" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: ${ports.phones} }] }
core: { phones_from: "127.0.0.2:${core.phones}", trunks_from: "127.0.0.3:${core.trunks}" }
trunks:
  - name: carrier
    hosts: [{ uri: "sip:127.0.0.1:${silent.port}", priority: 1 }, { uri: "sip:127.0.0.1:${second.port}", priority: 2 }]
    listen: [{ transport: udp, address: 127.0.0.1, port: ${ports.own} }]
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = loaded;
  const noTls = () => {
    throw new Error("no TLS here");
  };
  const edge = await startEdge({
    settings: { config, tls: noTls },
    policy: compile(config),
    media,
    onEvent() {},
    onCount() {},
  });
  cleanup.push(() => edge.stop());

  const heardFirst = once(silent.socket, "message");
  const heardSecond = once(second.socket, "message");
  const invite = [
    `INVITE sip:+4930123456@127.0.0.3 SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${pbx.port};branch=z9hG4bKsockets`,
    "Max-Forwards: 70",
    "From: <sip:1001@127.0.0.1>;tag=pbx",
    "To: <sip:+4930123456@127.0.0.3>",
    "Call-ID: over-sockets",
    "CSeq: 1 INVITE",
    `Contact: <sip:1001@127.0.0.1:${pbx.port}>`,
    "Content-Type: application/sdp",
    `Content-Length: ${offer.length}`,
    "",
    offer,
  ].join("\r\n");
  pbx.socket.send(invite, core.trunks, "127.0.0.3");
  await heardFirst;
  const [bytes, from] = (await heardSecond) as [Buffer, { readonly port: number }];
  expect(bytes.toString("latin1")).toMatch(/^INVITE sip:\+4930123456@127\.0\.0\.1:/);
  expect(from.port).toBe(ports.own);
  expect(edge.status().trunks).toMatchObject([
    { name: "carrier", calls: 1, hosts: [{ state: "down" }, { state: "unknown" }] },
  ]);
});
