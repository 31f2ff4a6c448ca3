import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Endpoint } from "../flow.ts";
import { datagramsAddon } from "./native-udp.ts";
import { streamPort } from "./stream-port.ts";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

function endpointAt(address: string, port = 0): Endpoint {
  const local = { address, port };
  return { id: "tcp", role: "access", transport: "tcp", local, advertised: local };
}

async function listening(address: string): Promise<number> {
  const server = createServer({ pauseOnConnect: true }, (socket) => closing.push(() => socket.destroy()));
  closing.push(() => server.close());
  server.listen(streamPort(endpointAt(address), datagramsAddon()));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Octets that the kernel holds of connections to this port, which nobody has read (proc(5), tcp). */
function unread(port: number, table: "tcp" | "tcp6"): number {
  const mark = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readFileSync(`/proc/self/net/${table}`, "latin1").split("\n");
  const held = lines.map((line) => line.trim().split(" ").filter(Boolean));
  const [, queues = ""] = held
    .filter(([, local = "", , state]) => local.endsWith(mark) && state === "01")
    .map((fields) => [fields[1], fields[4]])[0] ?? ["", ""];
  return Number.parseInt(queues.split(":")[1] ?? "0", 16);
}

test.each([
  ["127.0.0.1", "tcp"],
  ["::1", "tcp6"],
] as const)(
  "threat L12: of a phone's connection that is not read the kernel at %s takes dozens of messages",
  async (address, table) => {
    const port = await listening(address);
    const phone = connect(port, address);
    closing.push(() => phone.destroy());
    await once(phone, "connect");
    phone.write(Buffer.alloc(8_000_000));
    await expect.poll(() => unread(port, table), { timeout: 30_000 }).toBeGreaterThan(4_000);
    // The last octets find no room either: the window is closed.
    let most = 0;
    await expect
      .poll(
        () => {
          const now = unread(port, table);
          const rests = now === most;
          most = Math.max(most, now);
          return rests;
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    expect(most).toBeLessThan(40_000);
  },
);

test("an address that is taken or not ours is said as any other", async () => {
  const port = await listening("127.0.0.1");
  expect(() => streamPort(endpointAt("127.0.0.1", port), datagramsAddon())).toThrow("is taken by another program");
  expect(() => streamPort(endpointAt("192.0.2.1"), datagramsAddon())).toThrow("is no address of this machine");
});
