/**
 * The whole product: calls with what attackers plant (threat L14) become records, and an encrypted file that the program age reads, and
 * reads with no other key and not when it is cut.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { answerTo } from "../support/edge-on-sockets.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { outsideProgram } from "../support/outside-program.ts";
import { payloads as all, escaped, mark } from "../support/payloads.ts";
import { launch, type RunningProcess } from "../support/ringfence-process.ts";
import { UdpHost } from "../support/udp-host.ts";

const scenario = outsideProgram("age", "age");
/** No more than refusals have a line and a row in one second. */
const payloads = all.slice(0, 20);
const PATIENCE = 180_000;
/** What ends a line, moves a cursor, turns the reading direction round or hides itself. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

let dir: string;
let started: RunningProcess[];
let hosts: UdpHost[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-age-"));
  [started, hosts] = [[], []];
});

afterEach(async () => {
  for (const host of hosts) host.close();
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ finished }) => finished));
  rmSync(dir, { recursive: true, maxRetries: 5 });
});

async function start(config: string): Promise<RunningProcess> {
  writeFileSync(join(dir, "sbc.yaml"), config);
  const running = launch(dir, "start", "--config", "sbc.yaml");
  started.push(running);
  await running.says('"event":"ready"');
  return running;
}

async function host(address: string): Promise<UdpHost> {
  const opened = await UdpHost.open(address);
  hosts.push(opened);
  return opened;
}

/** Registers everybody, and is always busy. */
async function serve(pbx: UdpHost): Promise<void> {
  for (;;) {
    const { bytes, port, address } = await pbx.next();
    const text = bytes.toString("latin1");
    if (text.startsWith("SIP/2.0") || text.startsWith("ACK")) continue;
    const answer = text.startsWith("INVITE")
      ? answerTo(text, `486 ${mark}`, [])
      : answerTo(text, "200 OK", ["Expires: 120"]);
    void pbx.send(Buffer.from(answer, "latin1"), port, address);
  }
}

function request(method: string, from: UdpHost, uri: string, cseq: number, more: readonly string[], body = ""): Buffer {
  const place = `${from.address}:${from.port}`;
  const lines = [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${place};branch=z9hG4bK${method}${cseq};rport`,
    "Max-Forwards: 70",
    "From: <sip:1001@pbx.example.com>;tag=a",
    `To: <${method === "REGISTER" ? "sip:1001@pbx.example.com" : uri}>`,
    `Call-ID: ${method}-${cseq}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:1001@${place}>`,
    ...more,
    `Content-Length: ${Buffer.byteLength(body, "latin1")}`,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

const sdp = (session: string): string =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=${session}\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n`;

/** One call for each payload: in what is dialled, in header fields and in the session description. */
async function plantAll(phone: UdpHost, port: number): Promise<void> {
  const say = async (bytes: Buffer, answer: string): Promise<void> => {
    let said = "";
    await phone.send(bytes, port, "127.0.0.1");
    await eventually(answer, async () => {
      said += phone
        .drain()
        .map(({ bytes }) => bytes.toString("latin1"))
        .join("");
      return said.split("SIP/2.0 ").some((text) => !text.startsWith("1") && text.includes(answer));
    });
  };
  await say(request("REGISTER", phone, "sip:pbx.example.com", 1, ["Expires: 120"]), "CSeq: 1 REGISTER");
  for (const [n, payload] of payloads.entries()) {
    // Control characters are refused with the whole message; what is dialled holds them as escapes.
    const flat = [...payload].filter((character) => character >= " ").join("");
    const planted = [`User-Agent: ${flat}`, `Subject: ${flat}`, "Content-Type: application/sdp"];
    const uri = `sip:${escaped(payload)}@pbx.example.com`;
    await say(request("INVITE", phone, uri, n + 2, planted, sdp(flat)), `CSeq: ${n + 2} INVITE`);
  }
}

const age = (...args: readonly string[]) => spawnSync("age", args, { cwd: dir, encoding: "utf8" });
/** @returns its public key */
function key(name: string): string {
  spawnSync("age-keygen", ["-o", name], { cwd: dir });
  return /age1\S+/u.exec(readFileSync(join(dir, name), "utf8"))?.[0] ?? "";
}

scenario(
  "records of calls with hostile names reach the file, age reads it with its key, and everything on the way is text",
  async () => {
    const [pbx, phone] = [await host("127.0.0.5"), await host("127.0.0.10")];
    void serve(pbx);
    const [port, phonesFrom, trunksFrom, metrics] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const config = `pbx: { address: "127.0.0.5:${pbx.port}" }
phones:
  domains: [pbx.example.com]
  listen: [{ transport: udp, address: 127.0.0.1, port: ${port} }]
  media: { srtp: optional }
core: { phones_from: "127.0.0.1:${phonesFrom}", trunks_from: "127.0.0.1:${trunksFrom}" }
logs: { mask: off }
metrics: { listen: "127.0.0.1:${metrics}" }
state: { dir: state }
`;
    const first = await start(config);
    await plantAll(phone, port);
    const page = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    expect(page).not.toContain(mark);
    for (const command of [["status"], ["decisions"], ["decisions", "--json"], ["cdr", "--json"], ["cdr"]])
      expect((await launch(dir, ...command).finished).out.split("\n").filter((line) => unsafe.test(line))).toEqual([]);
    first.child.kill("SIGTERM");
    const { out } = await first.finished;
    const lines = out.trim().split("\n");
    expect(lines.filter((line) => unsafe.test(line) || JSON.parse(line).event === mark)).toEqual([]);
    const rows = (await launch(dir, "cdr", "--json", "--config", "sbc.yaml").finished).out.trim().split("\n");
    const dialled = rows.map((row) => JSON.parse(row)).filter(({ kind }) => kind === "call" || kind === "refused");
    expect(dialled).toHaveLength(payloads.length);

    const [mine] = [key("mine.txt"), key("other.txt")];
    await start(`${config}cdr: { export: { to: spool, format: jsonl, encrypt_to: [${mine}] } }\n`);
    const spool = join(dir, "spool");
    const name = await eventually("the export", () => {
      try {
        return readdirSync(spool).find((one) => one.endsWith(".jsonl.age"));
      } catch {
        return undefined;
      }
    });
    const file = join(spool, name);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes(mark)).toBe(false);
    expect(age("-d", "-i", "mine.txt", file).stdout.trim().split("\n")).toEqual(rows);
    expect(age("-d", "-i", "other.txt", file)).toMatchObject({ status: 1, stdout: "" });
    writeFileSync(join(dir, "cut.age"), readFileSync(file).subarray(0, -1));
    expect(age("-d", "-i", "mine.txt", "cut.age").status).toBe(1);

    const by = await launch(dir, "cdr", "export", "--encrypt-to", mine, "-o", "all.csv.age", "--config", "sbc.yaml")
      .finished;
    expect(by.out).toBe(`${rows.length} rows written to all.csv.age, encrypted to 1 key\n`);
    expect(age("-d", "-i", "mine.txt", "all.csv.age").stdout.trim().split("\n")).toHaveLength(rows.length + 1);
  },
  PATIENCE,
);
