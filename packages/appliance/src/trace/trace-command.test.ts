/**
 * The whole product: a phone on TLS calls the PBX, and everything that may show it does: the ladder in a terminal, the capture, the
 * collector, the log. None of them holds what was planted.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answerTo } from "../../../../test/support/edge-on-sockets.ts";
import { eventually } from "../../../../test/support/eventually.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { type DecodedHep, decodeHep } from "../../../../test/support/hep-decoder.ts";
import { launch, type RunningProcess } from "../../../../test/support/ringfence-process.ts";
import { CaptureReader } from "../replay/pcap/capture-reader.ts";

const planted = {
  key: "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
  response: "5d41402abc4b2a76b9719d911017c592",
  password: "hunter2hunter2",
  number: "+4930123456789",
  token: "eyJhbGciOiJFUzI1NiJ9",
};

let dir: string;
let started: RunningProcess[];
let sockets: (Socket | TLSSocket)[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence trace "));
  [started, sockets] = [[], []];
});
afterEach(async () => {
  for (const socket of sockets) "destroy" in socket ? socket.destroy() : socket.close();
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ finished }) => finished));
  rmSync(dir, { recursive: true });
});

async function udp(onText: (text: string, reply: (text: string) => void) => void): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  sockets.push(socket);
  await once(socket, "listening");
  socket.on("message", (bytes, { port, address }) =>
    onText(bytes.toString("latin1"), (text) => socket.send(Buffer.from(text, "latin1"), port, address)),
  );
  return socket.address().port;
}

const session = (address: string, proto: string, more = ""): string =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 40000 ${proto} 0\r\n${more}`;

/** Registers everybody, answers every call. */
function pbx(): Promise<number> {
  return udp((text, reply) => {
    if (text.startsWith("SIP/2.0") || text.startsWith("ACK")) return;
    const body = text.startsWith("INVITE") ? session("127.0.0.1", "RTP/AVP") : "";
    const extra = body === "" ? ["Expires: 120"] : ["Contact: <sip:600@127.0.0.1>", "Content-Type: application/sdp"];
    reply(answerTo(text, "200 OK", extra, body));
  });
}

async function start(config: string): Promise<RunningProcess> {
  writeFileSync(join(dir, "sbc.yaml"), config);
  const running = launch(dir, "start", "--config", "sbc.yaml");
  started.push(running);
  await running.says('"event":"ready"');
  return running;
}

/** A phone on TLS that says what it is told and waits for an answer. */
async function phone(port: number) {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  sockets.push(socket);
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
  await once(socket, "secureConnect");
  const place = `127.0.0.1:${socket.localPort}`;
  return async (line: string, cseq: number, extra: readonly string[], answer: readonly string[], body = "") => {
    const method = line.slice(0, line.indexOf(" "));
    const call = method === "REGISTER" ? "registration" : "the-call";
    const accepted = heard.split("SIP/2.0 ").find((text) => text.startsWith("200") && text.includes("CSeq: 2 INVITE"));
    const inside =
      method === "ACK" || method === "BYE" ? (/^To: [^;]*(;tag=.*)$/m.exec(accepted ?? "")?.[1] ?? "") : "";
    const to = method === "REGISTER" ? "1001" : planted.number;
    const lines = [
      `${line} SIP/2.0`,
      `Via: SIP/2.0/TLS ${place};branch=z9hG4bK${method}${cseq};rport`,
      "Max-Forwards: 70",
      `From: <sip:1001@pbx.example.com>;tag=phone`,
      `To: <sip:${to}@pbx.example.com>${inside}`,
      `Call-ID: ${call}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:1001@${place};transport=tls>`,
      ...extra,
      `Content-Length: ${body.length}`,
    ];
    const before = heard.length;
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
    await eventually(`an answer to ${method}`, () => answer.every((text) => heard.includes(text, before)));
  };
}

test("ladder, capture, collector and log show both legs of a call, and nothing of what must not show", async () => {
  const collected: DecodedHep[] = [];
  const collector = createSocket("udp4").bind(0, "127.0.0.1");
  sockets.push(collector);
  await once(collector, "listening");
  collector.on("message", (packet) => void collected.push(decodeHep(packet)));
  writeFileSync(join(dir, "hep.key"), "collector-knows-me\n", { mode: 0o600 });
  const port = await freePort();
  const running = await start(`
pbx: { address: "127.0.0.1:${await pbx()}" }
phones:
  domains: [pbx.example.com]
  listen: [{ transport: tls, address: 127.0.0.1, port: ${port} }]
core: { phones_from: "127.0.0.1:${await freePort()}", trunks_from: "127.0.0.2:${await freePort()}" }
media: { ports: 31000-31199 }
metrics: { listen: "127.0.0.1:0" }
logs: { sip_trace: full }
capture: { hep: "udp://127.0.0.1:${collector.address().port}", id: 7, key: { file: hep.key } }
state: { dir: state }
`);
  const watch = launch(dir, "trace", "--account", "1001", "--pcap", "calls.pcap", "--for", "5m");
  started.push(watch);
  await running.says('"act":"trace"');
  const say = await phone(port);
  const proof = `Authorization: Digest username="1001", realm="r", nonce="n", uri="sip:pbx.example.com", response="${planted.response}"`;
  await say("REGISTER sip:pbx.example.com", 1, [proof, "Expires: 300"], ["SIP/2.0 200"]);
  const target = `sip:${planted.number}:${planted.password}@pbx.example.com`;
  const keys = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${planted.key}\r\n`;
  const typed = ["Content-Type: application/sdp", `Identity: ${planted.token}.e30.c2ln;info=<https://x.example/c>`];
  await say(`INVITE ${target}`, 2, typed, ["SIP/2.0 200"], session("127.0.0.1", "RTP/SAVP", keys));
  await say("ACK sip:600@127.0.0.1", 2, [], []);
  await say("BYE sip:600@127.0.0.1", 3, [], ["SIP/2.0 200", "CSeq: 3 BYE"]);
  await watch.says("200 OK (BYE)");
  watch.child.kill("SIGINT");
  const { code, out, err } = await watch.finished;
  expect([code, err]).toEqual([0, expect.stringContaining("of 1 call, written to calls.pcap")]);
  running.child.kill("SIGTERM");
  const log = (await running.finished).out;

  // The ladder: an arrow for each message of both legs.
  expect(out).toMatch(/─ INVITE \+49301\*\*\*89 ─+▶│/);
  expect(out).toMatch(/127\.0\.0\.1:\d+ tls/);
  expect(out).toContain("audio PCMU SDES");
  expect(out).toContain("AES_CM_128_HMAC_SHA1_80");
  // The capture: the same, as UDP between the real places, for its owner only.
  const capture = readFileSync(join(dir, "calls.pcap"));
  expect(statSync(join(dir, "calls.pcap")).mode & 0o077).toBe(0);
  const { frames } = new CaptureReader().push(capture);
  expect(frames.length).toBe(out.split("\n").filter((line) => line.includes("▶") || line.includes("◀")).length);
  // The collector: one correlation for both legs of the call.
  const invites = collected.filter(({ payload }) => payload.startsWith("INVITE"));
  expect(new Set(invites.map(({ correlation }) => correlation)).size).toBe(1);
  expect(invites.map(({ carrier }) => carrier).sort()).toEqual([17, 6]);
  expect(collected.every(({ agent, key }) => agent === 7 && key === "collector-knows-me")).toBe(true);
  // The log.
  const lines = log.split("\n").filter((line) => line.includes('"event":"sip"'));
  await eventually("the last packets", () => collected.filter(({ kind }) => kind === 1).length === lines.length);
  expect(lines.length).toBeGreaterThan(frames.length - 1);

  const outputs = {
    out,
    log,
    capture: capture.toString("latin1"),
    collected: collected.map((one) => one.payload).join(""),
  };
  for (const [name, text] of Object.entries(outputs)) {
    for (const [what, secret] of Object.entries(planted))
      expect([name, what, text.includes(secret)]).toEqual([name, what, false]);
  }
}, 90_000);
