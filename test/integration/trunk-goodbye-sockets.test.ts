/** The same goodbye as `trunk-unregister`, on sockets: a reload and the end wait for the carrier, but not for long. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type EdgeHandle, startEdge } from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import { afterEach, expect, test } from "vitest";
import { answerTo } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";

const towardsPbx = [await freePort(), await freePort()] as const;
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

interface Registrar {
  readonly port: number;
  /** Free for us. */
  readonly own: number;
  /** What each REGISTER asked for, in seconds. */
  readonly asked: number[];
}

/** @param silentToGoodbye it answers no REGISTER that takes something back */
async function registrar(silentToGoodbye = false): Promise<Registrar> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  cleanup.push(() => socket.close());
  const asked: number[] = [];
  socket.on("message", (bytes, from) => {
    const request = bytes.toString("latin1");
    const line = (name: string) => request.split("\r\n").find((l) => l.startsWith(`${name}:`)) ?? "";
    const expires = Number(line("Expires").slice(9));
    asked.push(expires);
    if (expires > 0 || !silentToGoodbye)
      socket.send(answerTo(request, "200 OK", [line("Contact")]), from.port, from.address);
  });
  return { port: socket.address().port, own: await freePort(), asked };
}

/** @param own a port of ours: what Contact and Via say must be one */
function settingsFor(port: number, own: number, trunk: boolean) {
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:9" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: ${own} }] }
core: { phones_from: "127.0.0.1:${towardsPbx[0]}", trunks_from: "127.0.0.1:${towardsPbx[1]}" }
${trunk ? `trunks: [{ name: a, mode: register, hosts: [{ uri: "sip:127.0.0.1:${port};transport=udp" }], credentials: { user: u, password: { env: X } } }]` : ""}
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = loaded;
  const tls = () => ({ cert: "", key: "" });
  return [{ config, tls, passwords: new Map([["a", "secret"]]) }, compile(config)] as const;
}

async function registeredWith({ port, own, asked }: Registrar): Promise<EdgeHandle> {
  const [settings, policy] = settingsFor(port, own, true);
  const media = {
    offer: async (_call: string, _from: "a" | "b", sdp: Uint8Array) => ({ ok: true, sdp }) as const,
    answer: async (_call: string, _from: "a" | "b", sdp: Uint8Array) => ({ ok: true, sdp }) as const,
    rollback() {},
    close() {},
  };
  const edge = await startEdge({ settings, policy, media, onEvent() {}, onCount() {} });
  cleanup.push(() => edge.stop());
  await expect.poll(() => edge.status().trunks[0]?.registration?.state).toBe("registered");
  expect(asked).toEqual([3600]);
  return edge;
}

test("the end takes registrations back before the sockets close", async () => {
  const carrier = await registrar();
  const edge = await registeredWith(carrier);
  await edge.stop();
  expect(carrier.asked).toEqual([3600, 0]);
});

test("a reload without the trunk takes its registration back, and one with it again registers", async () => {
  const carrier = await registrar();
  const edge = await registeredWith(carrier);
  await edge.apply(...settingsFor(carrier.port, carrier.own, false));
  expect(carrier.asked).toEqual([3600, 0]);
  await edge.apply(...settingsFor(carrier.port, carrier.own, true));
  await expect.poll(() => carrier.asked).toEqual([3600, 0, 3600]);
});

test("a carrier that is silent does not keep the end waiting", async () => {
  const carrier = await registrar(true);
  const edge = await registeredWith(carrier);
  await edge.stop();
  expect(carrier.asked.slice(0, 2)).toEqual([3600, 0]);
});
