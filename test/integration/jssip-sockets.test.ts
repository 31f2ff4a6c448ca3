/** A client that we did not write: JsSIP, as it runs in browsers, on the WebSocket of the runtime. */
import JsSIP from "jssip";
import { afterEach, expect, test } from "vitest";
import { startPbx } from "../pbx/pbx.ts";
import { edgeOnSockets } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function world() {
  const pbx = await startPbx({
    listen: [{ transport: "udp", address: "127.0.0.1", port: 0 }],
    data: { accounts: [{ user: "1001", password: "right-password" }], accept: ["127.0.0.1"] },
    rtp: { address: "127.0.0.1", first: 18_200, last: 18_220 },
  });
  cleanup.push(() => pbx.stop());
  const port = await freePort();
  const listen = `{ transport: ws, address: 127.0.0.1, port: ${port} }`;
  const edge = await edgeOnSockets({ listen, pbxPort: pbx.listening[0]?.port ?? 0 }, cleanup);
  return { pbx, port, edge };
}

function userAgent(port: number, password: string) {
  const agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(`ws://127.0.0.1:${port}`)],
    uri: "sip:1001@pbx.example.com",
    password,
    register: true,
    register_expires: 60,
  });
  cleanup.push(() => agent.stop());
  const seen: string[] = [];
  for (const name of ["connected", "registered", "unregistered", "registrationFailed"] as const) {
    agent.on(name, () => void seen.push(name));
  }
  agent.start();
  return { agent, seen };
}

test("JsSIP registers over WebSocket through to the PBX, and unregisters", async () => {
  const { pbx, port, edge } = await world();
  const { agent, seen } = userAgent(port, "right-password");
  await expect.poll(() => seen).toEqual(["connected", "registered"]);
  expect(pbx.registrations()).toHaveLength(1);
  expect(edge.edge.status()).toMatchObject({ registrations: 1, connections: 1 });
  agent.unregister();
  await expect.poll(() => seen.at(-1)).toBe("unregistered");
  expect(pbx.registrations()).toHaveLength(0);
});

test("JsSIP with a wrong password is told so", async () => {
  const { pbx, port } = await world();
  const { seen } = userAgent(port, "wrong-password");
  await expect.poll(() => seen.at(-1)).toBe("registrationFailed");
  expect(pbx.registrations()).toHaveLength(0);
});
