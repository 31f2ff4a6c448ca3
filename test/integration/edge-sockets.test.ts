import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { type EdgeHandle, type MediaPort, startEdge } from "@ringfence/edge";
import { compile, loadConfig, RingfenceError } from "@ringfence/policy";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";

const media: MediaPort = {
  offer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  answer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  rollback() {},
  close() {},
};

const cleanup: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

interface Layout {
  readonly pbxPort: number;
  readonly listen: number;
  readonly core: number;
  readonly pbxTransport?: "udp" | "tcp";
  readonly listenTransport?: "udp" | "tcp";
}

function settings(o: Layout) {
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:${o.pbxPort}", transport: ${o.pbxTransport ?? "udp"} }
phones:
  domains: [pbx.example.com]
  listen: [{ transport: ${o.listenTransport ?? "udp"}, address: 127.0.0.1, port: ${o.listen} }]
core: { phones_from: "127.0.0.1:${o.core}" }
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const config = loaded.config;
  return { config, policy: compile(config, { localAddresses: ["127.0.0.1"] }) };
}

const noTls = () => {
  throw new Error("no TLS here");
};

async function start(o: Layout): Promise<EdgeHandle> {
  const { config, policy } = settings(o);
  const edge = await startEdge({ settings: { config, tls: noTls }, policy, media, onEvent() {}, onCount() {} });
  cleanup.push(() => edge.stop());
  return edge;
}

function options(port: number, transport: string, extra = ""): string {
  return [
    "OPTIONS sip:pbx.example.com SIP/2.0",
    `Via: SIP/2.0/${transport} 127.0.0.1:${port};branch=z9hG4bKsockets${extra};rport`,
    "Max-Forwards: 70",
    "From: <sip:1001@pbx.example.com>;tag=1",
    "To: <sip:pbx.example.com>",
    `Call-ID: sockets${extra}`,
    "CSeq: 1 OPTIONS",
    "User-Agent: a test with a name that is long enough to be answered at full length",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}

async function udp(address = "127.0.0.1"): Promise<UdpSocket> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  cleanup.push(() => socket.close());
  return socket;
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  cleanup.push(() => socket.destroy());
  return socket;
}

async function text(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return chunk.toString("latin1");
}

test("OPTIONS over UDP is answered to the packet's source", async () => {
  const [pbxPort, listen, core] = [await freePort(), await freePort(), await freePort()];
  await start({ pbxPort, listen, core });
  const phone = await udp();
  phone.send(options(1, "UDP"), listen, "127.0.0.1");
  const [answer] = (await once(phone, "message")) as [Buffer];
  expect(answer.toString()).toMatch(/^SIP\/2.0 200 /);
  expect(answer.toString()).toContain(`rport=${phone.address().port}`);
});

test("what the gate drops is counted by the name that stands in the metrics", async () => {
  const [pbxPort, listen, core] = [await freePort(), await freePort(), await freePort()];
  const edge = await start({ pbxPort, listen, core });
  // Not from the address of the PBX, which the gate lets through.
  (await udp("127.0.0.9")).send("\0junk", listen, "127.0.0.1");
  await eventually("the datagram to be counted", () => edge.status().dropped["junk-shape"] === 1);
});

test("over TCP: messages in pieces, two in one piece, keep-alive between them", async () => {
  const [pbxPort, listen, core] = [await freePort(), await freePort(), await freePort()];
  await start({ pbxPort, listen, core, listenTransport: "tcp" });
  const phone = await dial(listen);
  const one = options(1, "TCP", "a");
  phone.write(one.slice(0, 50));
  phone.write(one.slice(50));
  expect(await text(phone)).toMatch(/^SIP\/2.0 200 /);
  phone.write("\r\n\r\n");
  expect(await text(phone)).toBe("\r\n");
  phone.write(options(1, "TCP", "b") + options(1, "TCP", "c"));
  let all = "";
  while (all.split("SIP/2.0 200").length < 3) all += await text(phone);
  expect(all).toContain("Call-ID: socketsb");
  expect(all).toContain("Call-ID: socketsc");
});

test("a TCP stream with two Content-Lengths is answered 400 and closed", async () => {
  const [pbxPort, listen, core] = [await freePort(), await freePort(), await freePort()];
  await start({ pbxPort, listen, core, listenTransport: "tcp" });
  const phone = await dial(listen);
  const closed = once(phone, "close");
  phone.write(options(1, "TCP").replace("Content-Length: 0", "Content-Length: 0\r\nContent-Length: 5"));
  expect(await text(phone)).toMatch(/^SIP\/2.0 400 /);
  await closed;
});

test("a PBX over TCP: the connection is opened on demand and its answers come back on it", async () => {
  const [listen, core] = [await freePort(), await freePort()];
  const pbx = createServer().listen(0, "127.0.0.1");
  await once(pbx, "listening");
  cleanup.push(() => pbx.close());
  const address = pbx.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const edge = await start({ pbxPort: address.port, listen, core, pbxTransport: "tcp" });
  const phone = await udp();
  const register = options(1, "UDP")
    .replaceAll("OPTIONS", "REGISTER")
    .replace("To: <sip:pbx", "To: <sip:1001@pbx")
    .replace("Content-Length", `Contact: <sip:1001@127.0.0.1:${phone.address().port}>\r\nContent-Length`);
  phone.send(register, listen, "127.0.0.1");
  const [connection] = (await once(pbx, "connection")) as [Socket];
  cleanup.push(() => connection.destroy());
  const request = await text(connection);
  expect(request).toMatch(/^REGISTER sip:pbx\.example\.com SIP\/2\.0/);
  expect(request).toContain(`sip:1001@127.0.0.1:${core};transport=tcp;rf=`);
  const copied = request.split("\r\n").filter((l) => /^(Via|From|To|Call-ID|CSeq):/.test(l));
  connection.write(["SIP/2.0 200 OK", ...copied, "Expires: 60", "Content-Length: 0", "", ""].join("\r\n"));
  const [answer] = (await once(phone, "message")) as [Buffer];
  expect(answer.toString()).toMatch(/^SIP\/2.0 200 /);
  expect(edge.status()).toMatchObject({ registrations: 1, pbx: { reachable: true } });
});

test("a reload opens the new listener and closes the old one; a reload that cannot changes nothing", async () => {
  const [pbxPort, first, second, core] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const edge = await start({ pbxPort, listen: first, core });
  const taken = await udp();
  const refused = settings({ pbxPort, listen: taken.address().port, core });
  await expect(edge.apply({ config: refused.config, tls: noTls }, refused.policy)).rejects.toThrow(RingfenceError);
  expect(edge.status().listeners.map((l) => l.port)).toEqual([first, core]);

  const next = settings({ pbxPort, listen: second, core });
  await edge.apply({ config: next.config, tls: noTls }, next.policy);
  const phone = await udp();
  phone.send(options(1, "UDP"), second, "127.0.0.1");
  const [answer] = (await once(phone, "message")) as [Buffer];
  expect(answer.toString()).toMatch(/^SIP\/2.0 200 /);
  await expect.poll(() => edge.status().listeners.map((l) => l.port)).toEqual([core, second]);
});

test("a taken port is refused with the place and the remedy", async () => {
  const taken = await udp();
  const [pbxPort, core] = [await freePort(), await freePort()];
  const { port } = taken.address();
  await expect(start({ pbxPort, listen: port, core })).rejects.toMatchObject({
    code: "address-in-use",
    message: `udp 127.0.0.1:${port} is taken by another program`,
  });
});
