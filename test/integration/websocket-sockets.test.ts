import { once } from "node:events";
import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { answerTo, edgeOnSockets, phoneRequest } from "../support/edge-on-sockets.ts";
import { freePort } from "../support/free-port.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function open(url: string, options: ClientOptions = {}, protocols: string[] = ["sip"]): Promise<WebSocket> {
  const client = new WebSocket(url, protocols, { rejectUnauthorized: false, ...options });
  cleanup.push(() => client.terminate());
  await once(client, "open");
  return client;
}

/** The status of the answer to an upgrade that is refused. */
async function refusedWith(url: string, options: ClientOptions = {}, protocols: string[] = ["sip"]): Promise<number> {
  const client = new WebSocket(url, protocols, { rejectUnauthorized: false, ...options });
  const [, answer] = await once(client, "unexpected-response");
  client.on("error", () => {});
  client.terminate();
  return answer.statusCode;
}

async function text(client: WebSocket): Promise<string> {
  const [data] = await once(client, "message");
  return String(data);
}

const page = "https://phone.example.com";

test("a browser phone registers over WSS, and the PBX sees a Contact of ours that leads back to it", async () => {
  const port = await freePort();
  const world = await edgeOnSockets(
    { listen: `{ transport: wss, address: 127.0.0.1, port: ${port}, origins: [${page}] }` },
    cleanup,
  );
  const client = await open(`wss://127.0.0.1:${port}/sip`, { origin: page });
  expect(client.protocol).toBe("sip");
  const answered = text(client);
  client.send(phoneRequest("REGISTER", "WSS", "a"));
  expect(await answered).toMatch(/^SIP\/2.0 200 /);
  expect(world.edge.status()).toMatchObject({ registrations: 1, connections: 1 });
  expect(world.atPbx[0]).not.toContain("invalid");

  const contact = world.atPbx[0]?.split("Contact: <")[1]?.split(">")[0] ?? "";
  const invited = text(client);
  const { port: pbxPort } = world.pbx.address();
  const core = world.edge.status().listeners.find((l) => l.role === "core-phones");
  const invite = [
    `INVITE ${contact} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${pbxPort};branch=z9hG4bKinvite`,
    "Max-Forwards: 70",
    "From: <sip:1002@pbx.example.com>;tag=1",
    "To: <sip:1001@pbx.example.com>",
    "Call-ID: to-browser",
    "CSeq: 1 INVITE",
    `Contact: <sip:1002@127.0.0.1:${pbxPort}>`,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
  world.pbx.send(invite, core?.port ?? 0, "127.0.0.1");
  const got = await invited;
  expect(got).toMatch(/^INVITE sip:1001@xyz\.invalid;transport=wss SIP\/2\.0\r\n/);
  expect(got).toContain(`Via: SIP/2.0/WSS 127.0.0.1:${port};`);
  expect(got).toContain(`Contact: <sip:1002@127.0.0.1:${port};transport=ws>`);
  client.send(answerTo(got, "486 Busy Here"));
  await expect.poll(() => world.atPbx.some((m) => m.startsWith("SIP/2.0 486"))).toBe(true);
});

test("over ws Content-Length may be left out, and one that does not fit the frame is refused", async () => {
  const port = await freePort();
  await edgeOnSockets({ listen: `{ transport: ws, address: 127.0.0.1, port: ${port} }` }, cleanup);
  const client = await open(`ws://127.0.0.1:${port}`);
  const options = phoneRequest("OPTIONS", "WS", "b");
  let answered = text(client);
  client.send(Buffer.from(options.replace("Content-Length: 0\r\n", "")));
  expect(await answered).toMatch(/^SIP\/2.0 200 /);
  answered = text(client);
  client.send(`${options.replace("z9hG4bKb", "z9hG4bKc")}hidden`);
  expect(await answered).toMatch(/^SIP\/2.0 400 /);
});

test("keep-alive over WebSocket: a ping is answered by a pong, two CRLFs by one", async () => {
  const port = await freePort();
  await edgeOnSockets({ listen: `{ transport: ws, address: 127.0.0.1, port: ${port} }` }, cleanup);
  const client = await open(`ws://127.0.0.1:${port}`);
  const ponged = once(client, "pong");
  client.ping();
  await ponged;
  const answered = text(client);
  client.send("\r\n\r\n");
  expect(await answered).toBe("\r\n");
});

test("a web page that is not listed, and a client that does not offer sip, are refused at the upgrade", async () => {
  const [port, closedPort] = [await freePort(), await freePort()];
  const listed = `{ transport: wss, address: 127.0.0.1, port: ${port}, origins: [${page}] }`;
  const unlisted = `{ transport: ws, address: 127.0.0.1, port: ${closedPort} }`;
  const world = await edgeOnSockets({ listen: `${listed}, ${unlisted}` }, cleanup);
  const url = `wss://127.0.0.1:${port}`;
  expect(await refusedWith(url, { origin: "https://phone.example.com.evil.example" })).toBe(403);
  expect(await refusedWith(url, { origin: "null" })).toBe(403);
  expect(await refusedWith(url, { origin: page }, [])).toBe(400);
  expect(await refusedWith(url, { origin: page }, ["sips", "chat"])).toBe(400);
  expect(await refusedWith(`ws://127.0.0.1:${closedPort}`, { origin: page })).toBe(403);
  await open(url);
  await expect.poll(() => world.edge.status().connections).toBe(1);
});

test("a page that is not listed is named in the log as it has to be listed, and not again for a minute", async () => {
  const port = await freePort();
  const world = await edgeOnSockets({ listen: `{ transport: ws, address: 127.0.0.1, port: ${port} }` }, cleanup);
  for (const origin of ["HTTPS://Phone.example.com:443/x", "https://other.example.com"]) {
    expect(await refusedWith(`ws://127.0.0.1:${port}`, { origin })).toBe(403);
  }
  const said = world.events.filter(({ event }) => event === "connection").map(({ detail }) => detail);
  expect(said).toEqual([`connection from 127.0.0.1: no such page in phones.listen[].origins: ${page}`]);
});

test("a plain HTTP request gets 426 and nothing else", async () => {
  const port = await freePort();
  await edgeOnSockets({ listen: `{ transport: ws, address: 127.0.0.1, port: ${port} }` }, cleanup);
  const asked = request({ port, host: "127.0.0.1", path: "/../etc/passwd" }).end();
  const [answer] = await once(asked, "response");
  answer.resume();
  expect(answer.statusCode).toBe(426);
});

test("a reload changes the list of origins without closing what is open", async () => {
  const port = await freePort();
  const entry = (origins: string) => `{ transport: wss, address: 127.0.0.1, port: ${port}, origins: [${origins}] }`;
  const world = await edgeOnSockets({ listen: entry("https://old.example") }, cleanup);
  const url = `wss://127.0.0.1:${port}`;
  const client = await open(url, { origin: "https://old.example" });
  await world.apply(entry("https://new.example"));
  expect(await refusedWith(url, { origin: "https://old.example" })).toBe(403);
  await open(url, { origin: "https://new.example" });
  expect(client.readyState).toBe(WebSocket.OPEN);
});
