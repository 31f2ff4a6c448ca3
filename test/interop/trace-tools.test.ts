/** What Ringfence shows of its signalling, opened by the programs that people open it with. */
import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { recordOf } from "../../packages/appliance/src/commands/trace.ts";
import { createMask } from "../../packages/appliance/src/logs/mask.ts";
import { HepCapture } from "../../packages/appliance/src/trace/hep-capture.ts";
import { pcapHeader } from "../../packages/appliance/src/trace/pcap.ts";
import { TraceHub } from "../../packages/appliance/src/trace/trace-hub.ts";
import { type TracedMessage, traced } from "../../packages/appliance/src/trace/traced-message.ts";
import { callUp, pbxDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { outsideProgram } from "../support/outside-program.ts";
import { inDialogLines, replyLines } from "../support/sip-script.ts";
import { tapped } from "../support/tapped-world.ts";

const tshark = outsideProgram("tshark", "tshark");
const sngrep = outsideProgram("sngrep", "sngrep");
const kamailio = outsideProgram("kamailio", "kamailio");

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-tools-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const mask = createMask("numbers");
/** A registration and a call to its end, as a person traces it and as a collector gets it. */
function scene(): { readonly messages: readonly TracedMessage[]; readonly packets: readonly Buffer[] } {
  const world = new EdgeWorld();
  const packets: Buffer[] = [];
  const messages: TracedMessage[] = [];
  const summary = { codec: "pcmu", suite: undefined, packets: 500, lost: 10, jitterMs: 4, mos: 4.2 };
  const leg = { ...summary, reordered: 0, duplicate: 0, gapMs: 20, roundTripMs: 40, mosWorst: 4, ...heard };
  const capture = new HepCapture({
    send: (packet) => void packets.push(packet),
    mask,
    id: 2_001,
    key: "key",
    rtcp: true,
    summary: () => ({ a: leg, b: leg }),
  });
  const hub = new TraceHub(
    { observe: (tap) => tap && tapped(world, tap) },
    () => 1_700_000_000_000 + world.now,
    unexpected,
  );
  hub.listen((seen) => {
    messages.push(traced(seen, mask));
    capture.message(seen);
  });
  const { phone, pbx, invite } = callUp(world);
  capture.report(1_700_000_000_000 + world.now);
  pbx.send(inDialogLines(pbx, "BYE", pbxDialog(invite, 2)));
  phone.send(replyLines(phone.request("BYE").message, "200 OK"));
  return { messages, packets };
}

const heard = {
  keying: undefined,
  mosLast: 4,
  heardMosLast: undefined,
  heardLoss: undefined,
  heardJitterMs: undefined,
  heardMos: undefined,
  heardMosWorst: undefined,
};

function unexpected(error: unknown): never {
  throw error;
}

/** Fields of each packet, a line each. */
function dissect(file: string, fields: readonly string[], ...more: readonly string[]): readonly string[] {
  const wanted = fields.flatMap((field) => ["-e", field]);
  const { stdout } = spawnSync("tshark", ["-r", file, "-T", "fields", ...wanted, ...more], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return stdout.split("\n").filter((line) => line !== "");
}

tshark(
  "Wireshark reads a trace: every message, between its places, and none is malformed",
  () => {
    const { messages } = scene();
    const file = join(dir, "trace.pcap");
    writeFileSync(file, Buffer.concat([pcapHeader(), ...messages.map(recordOf)]));
    const read = dissect(file, ["ip.src", "ip.dst", "sip.Request-Line", "sip.Status-Line", "_ws.malformed"]);
    expect(read).toHaveLength(messages.length);
    const invites = read.filter((line) => line.includes("INVITE")).map((line) => line.split("\t"));
    expect(invites).toEqual([
      ["192.0.2.10", "203.0.113.1", "INVITE sip:600@pbx.example.com SIP/2.0", "", ""],
      ["10.0.0.2", "10.0.0.5", "INVITE sip:600@pbx.example.com SIP/2.0", "", ""],
    ]);
    expect(dissect(file, ["frame.number"], "-Y", "_ws.malformed")).toEqual([]);
  },
  90_000,
);

sngrep(
  "sngrep takes what a collector would, and writes the calls that it saw",
  async () => {
    const { messages, packets } = scene();
    const port = await freePort();
    const file = join(dir, "sngrep.pcap");
    const child = spawn("sngrep", ["-N", "-q", "-L", `udp:127.0.0.1:${port}`, "-O", file], {
      stdio: "ignore",
      env: { ...process.env, TERM: "dumb" },
    });
    const over = once(child, "close");
    const socket = createSocket("udp4");
    await eventually("sngrep to listen", () => isTaken(port));
    for (const packet of packets) socket.send(packet, port, "127.0.0.1");
    const last = messages.at(-1)?.text ?? "";
    await eventually("the last message", () => existsSync(file) && readFileSync(file).includes(last, 0, "latin1"));
    child.kill("SIGINT");
    await over;
    socket.close();
    const written = dissect(file, ["ip.src", "ip.dst", "sip.Call-ID"], "-Y", "sip");
    expect(written.length).toBe(messages.length);
    expect(new Set(written.map((line) => line.split("\t")[2])).size).toBe(4);
  },
  90_000,
);

kamailio(
  "the collector of Homer 5, Kamailio's, reads every field of every packet, and each message as it was",
  async () => {
    const { messages, packets } = scene();
    const port = await freePort();
    const child = spawn("kamailio", [
      ...["-f", join(import.meta.dirname, "kamailio/collector.cfg"), "-l", `udp:127.0.0.1:${port}`],
      ...[
        "-A",
        `TABLES="text://${dir}"`,
        "-DD",
        "-E",
        "-m",
        "16",
        "-M",
        "4",
        "-Y",
        dir,
        "-w",
        dir,
        "-P",
        join(dir, "pid"),
      ],
    ]);
    const over = once(child, "close");
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    const socket = createSocket("udp4");
    await eventually("Kamailio to listen", () => isTaken(port));
    for (const packet of packets) socket.send(packet, port, "127.0.0.1");
    await eventually("the last packet", () => collected(said).length === packets.length);
    child.kill("SIGTERM");
    await over;
    socket.close();
    const [sip, rtcp] = ["1", "5"].map((kind) => collected(said).filter((one) => one.kind === kind));
    const whole = { carrier: "17", agent: "2001", key: "key" };
    expect(sip).toEqual(
      messages.map(({ at, direction, local, remote, call, text }) => {
        const [from, to] = direction === "in" ? [remote, local] : [local, remote];
        const when = `${Math.floor(at / 1_000)}.${(at % 1_000) * 1_000}`;
        return { kind: "1", ...whole, from, to, at: when, call: call ?? expect.any(String), payload: text };
      }),
    );
    const up = messages.find(({ call }) => call !== null)?.call;
    expect(rtcp?.map(({ payload, ...one }) => [one, Object.keys(JSON.parse(payload))])).toEqual(
      ["192.0.2.10:40000", "10.0.0.5:5060"].map((from) => [
        expect.objectContaining({ kind: "5", ...whole, from, call: up }),
        expect.arrayContaining(["sender_information", "report_blocks"]),
      ]),
    );
  },
  90_000,
);

interface Collected {
  readonly kind: string;
  readonly carrier: string;
  readonly from: string;
  readonly to: string;
  /** Seconds and microseconds, each as a number. */
  readonly at: string;
  readonly agent: string;
  readonly key: string;
  readonly call: string;
  readonly payload: string;
}

/** What the lines of collector.cfg say. */
function collected(said: string): readonly Collected[] {
  const line =
    /HEP kind=(?<kind>\d+) carrier=(?<carrier>\d+) from=(?<from>\S+) to=(?<to>\S+) at=(?<at>\S+) agent=(?<agent>\d+) key=(?<key>\S*) call=(?<call>\S*) payload=(?<payload>[\s\S]*?)END OF HEP/g;
  return [...said.matchAll(line)].map(({ groups }) => ({ ...groups }) as unknown as Collected);
}

function isTaken(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return readFileSync("/proc/net/udp", "latin1").includes(`:${hex} `);
}
