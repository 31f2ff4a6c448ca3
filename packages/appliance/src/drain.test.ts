/** A drain as somebody at the machine sees it: a call in progress, no new ones, then the end. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answerTo, phoneRequest } from "../../../test/support/edge-on-sockets.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { launch, type RunningProcess } from "../../../test/support/ringfence-process.ts";
import type { Status } from "./status.ts";

let dir: string;
let running: RunningProcess | undefined;
const sockets: Socket[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence drain "));
});
afterEach(async () => {
  running?.child.kill("SIGKILL");
  await running?.finished;
  running = undefined;
  for (const socket of sockets.splice(0)) socket.close();
  rmSync(dir, { recursive: true });
});

async function udp(): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  sockets.push(socket);
  return socket;
}

const status = async (): Promise<Status> => JSON.parse((await launch(dir, "status", "--json").finished).out);

/** A running Ringfence, a phone that is registered, and what the phone hears. */
async function start() {
  const [pbx, phone, port, core] = [await udp(), await udp(), await freePort(), await freePort()];
  let invited = "";
  pbx.on("message", (bytes, from) => {
    const request = bytes.toString("latin1");
    if (request.startsWith("INVITE")) invited = request;
    const say = (text: string): void => pbx.send(text, from.port, from.address);
    if (request.startsWith("ACK") || request.startsWith("SIP/2.0")) return;
    say(answerTo(request, request.startsWith("INVITE") ? "180 Ringing" : "200 OK", ["Expires: 60"]));
    if (request.startsWith("CANCEL")) say(answerTo(invited, "487 Request Terminated"));
  });
  const heard: string[] = [];
  phone.on("message", (bytes) => void heard.push(bytes.toString("latin1")));
  writeFileSync(
    join(dir, "sbc.yaml"),
    `pbx: { address: "127.0.0.1:${pbx.address().port}" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: ${port} }], media: { srtp: optional } }
core: { phones_from: "127.0.0.1:${core}" }
media: { ports: 30000-30999 }
metrics: { listen: "127.0.0.1:0" }
state: { dir: state }
`,
  );
  running = launch(dir, "start", "--config", "sbc.yaml");
  await running.says('"event":"ready"');
  const say = (request: string): void => phone.send(request, port, "127.0.0.1");
  return { running, say, heard };
}

function invite(id: string, method: "INVITE" | "CANCEL" = "INVITE"): string {
  return phoneRequest("OPTIONS", "UDP", id)
    .replaceAll("OPTIONS", method)
    .replace("sip:pbx.example.com SIP", "sip:600@pbx.example.com SIP")
    .replace("Content-Length", "Contact: <sip:1001@xyz.invalid>\r\nContent-Length");
}

const statusesOf = (heard: readonly string[], id: string): readonly string[] =>
  heard.filter((m) => m.includes(`: ${id}\r\n`) || m.includes(`i:${id}\r\n`)).map((m) => m.slice(8, 11));

test("a drain refuses new calls, lets the old one finish, and ends with 0", async () => {
  const { running: process, say, heard } = await start();
  say(phoneRequest("REGISTER", "UDP", "reg"));
  await expect.poll(() => statusesOf(heard, "reg")).toContain("200");
  say(invite("old"));
  await expect.poll(() => statusesOf(heard, "old")).toContain("180");

  const asked = await launch(dir, "drain").finished;
  expect([asked.code, asked.out]).toEqual([0, "draining: no new calls, 1 call is waited for; then it ends\n"]);
  const now = await status();
  expect(now).toMatchObject({ draining: true, calls: 1 });
  expect((await fetch(`http://127.0.0.1:${now.metrics.port}/readyz`)).status).toBe(503);
  say(invite("new"));
  await expect.poll(() => statusesOf(heard, "new")).toContain("503");
  say(phoneRequest("REGISTER", "UDP", "again"));
  await expect.poll(() => statusesOf(heard, "again")).toContain("200");
  expect((await launch(dir, "drain").finished).out).toContain("1 call is waited for");
  const impatient = await launch(dir, "drain", "--wait", "1s").finished;
  expect([impatient.code, impatient.out.split("\n")[1]]).toEqual([2, "after 1s 1 call is still up"]);

  const patient = launch(dir, "drain", "--wait", "1h");
  await patient.says("1 call is waited for");
  say(invite("old", "CANCEL"));
  const waited = await patient.finished;
  expect([waited.code, waited.out.split("\n")[1]]).toEqual([0, "it has ended"]);
  const { code, out } = await process.finished;
  expect(code).toBe(0);
  expect(out).toContain('"event":"stopped"');
  expect(statusesOf(heard, "old")).toContain("487");
}, 60_000);

test("SIGTERM ends a drain at once", async () => {
  const { running: process, say, heard } = await start();
  say(phoneRequest("REGISTER", "UDP", "reg"));
  await expect.poll(() => statusesOf(heard, "reg")).toContain("200");
  say(invite("old"));
  await expect.poll(() => statusesOf(heard, "old")).toContain("180");
  await launch(dir, "drain").finished;
  process.child.kill("SIGTERM");
  expect((await process.finished).code).toBe(0);
}, 60_000);
