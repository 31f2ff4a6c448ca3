/** Threat L9, the listening side: old TLS is refused, and a renewed certificate breaks no connection. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ConnectionOptions, connect, createServer, type TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { selfSigned } from "../pbx/tls-identity.ts";
import { edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** What became of a handshake: the version agreed on, or the error. */
async function handshake(port: number, options: ConnectionOptions): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  cleanup.push(() => socket.destroy());
  try {
    await once(socket, "secureConnect");
    return socket.getProtocol() ?? "none";
  } catch {
    return "refused";
  }
}

const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
const withoutForwardSecrecy = { maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256:AES256-SHA@SECLEVEL=0" } as const;

test("threat L9: TLS 1.0 and 1.1 and ciphers without forward secrecy are refused, 1.2 and 1.3 are served", async () => {
  const [port, webPort] = [await freePort(), await freePort()];
  const at = (transport: string, on: number) => `{ transport: ${transport}, address: 127.0.0.1, port: ${on} }`;
  await edgeOnSockets({ listen: `${at("tls", port)}, ${at("wss", webPort)}` }, cleanup);
  for (const listener of [port, webPort]) {
    expect(await handshake(listener, old)).toBe("refused");
    expect(await handshake(listener, { ...old, maxVersion: "TLSv1" })).toBe("refused");
    expect(await handshake(listener, withoutForwardSecrecy)).toBe("refused");
    expect(await handshake(listener, { maxVersion: "TLSv1.2" })).toBe("TLSv1.2");
    expect(await handshake(listener, {})).toBe("TLSv1.3");
  }
  // A control: the same clients do get through to a server that takes them.
  const lenient = createServer({ ...selfSigned(["127.0.0.1"]), ...old, maxVersion: "TLSv1.2" }).listen(0, "127.0.0.1");
  await once(lenient, "listening");
  cleanup.push(() => lenient.close());
  const control = (lenient.address() as AddressInfo).port;
  expect(await handshake(control, old)).toBe("TLSv1.1");
});

async function phone(port: number, id: string): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  cleanup.push(() => socket.destroy());
  await once(socket, "secureConnect");
  socket.write(phoneRequest("REGISTER", "TLS", id).replaceAll("1001", `2${id}`));
  expect(await answer(socket)).toMatch(/^SIP\/2.0 200 /);
  return socket;
}

async function answer(socket: TLSSocket): Promise<string> {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString("latin1");
}

test("threat L9: certificates renewed again and again under live connections: none is lost, new ones get the new one", async () => {
  const port = await freePort();
  const listen = `{ transport: tls, address: 127.0.0.1, port: ${port} }`;
  // Clients and server are one thread here, and busier than any of them: how much it has to do is not the question.
  const more = "defence: { mode: shadow, source: { connections: 200 } }";
  const world = await edgeOnSockets({ listen, more }, cleanup);
  const pairs = [selfSigned(["127.0.0.1"]), selfSigned(["127.0.0.1"])] as const;
  const phones: TLSSocket[] = [];
  for (let i = 0; i < 20; i++) phones.push(await phone(port, `${100 + i}`));
  for (let round = 0; round < 100; round++) {
    const pair = pairs[round % 2] ?? pairs[0];
    await world.apply(listen, pair);
    if (round % 10 > 1) continue;
    const next = await phone(port, `${300 + round}`);
    const shown = next.getPeerX509Certificate()?.fingerprint256.replaceAll(":", "").toLowerCase();
    expect(shown).toBe(pair.fingerprint);
    phones.push(next);
  }
  for (const [i, socket] of phones.entries()) {
    socket.write(phoneRequest("OPTIONS", "TLS", `again${i}`));
    expect(await answer(socket)).toMatch(/^SIP\/2.0 200 /);
  }
  expect(world.edge.status()).toMatchObject({ registrations: phones.length, connections: phones.length });
});

test("threat L9: a certificate that does not fit its key is refused by the reload, and the old one stays", async () => {
  const port = await freePort();
  const listen = `{ transport: tls, address: 127.0.0.1, port: ${port} }`;
  const world = await edgeOnSockets({ listen }, cleanup);
  const [one, other] = [selfSigned(["127.0.0.1"]), selfSigned(["127.0.0.1"])];
  await expect(world.apply(listen, { ...one, key: other.key })).rejects.toThrow();
  expect(await handshake(port, {})).toBe("TLSv1.3");
  await phone(port, "1");
});
