/** Recorded calls through other rules: a capture of what the scripted world sent, and its own record of decisions. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EdgeWorld, type Party } from "../../../../test/support/edge-world.ts";
import { type Written, writePcap, writePcapng } from "../../../../test/support/pcap-writer.ts";
import { branch, inviteLines, offer, registered } from "../../../../test/support/sip-script.ts";
import { replay } from "../commands/replay.ts";
import { recordOf } from "../records/call-record.ts";
import { lineOf } from "../records/record-text.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-replay-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

const site = `pbx:
  address: 10.0.0.5:5060
phones:
  domains: [pbx.example.com]
  registration: { phone_expires: 300s }
trunks:
  - { name: carrier, hosts: [{ uri: "sip:198.51.100.7" }], from: [198.51.100.7] }
core: { phones_from: 10.0.0.2:5060, trunks_from: 10.0.0.3:5060 }
policy:
  country: DE
  limits: { calls_per_account: 10 }
`;
const old = `${site}  destinations: [{ country: FR, action: reject, reason: international-barred }]\n`;
const strict = `${site}  destinations:
    - { prefix: "+43", action: reject }
    - { country: GB, action: reject, reason: international-barred }
`;
const nights = `${site}  accounts: { default: { hours: "Mon-Sun 07:00-20:00 UTC" } }\n`;

/** Sunday, three in the morning. */
const night = Date.parse("2026-11-22T03:00:00Z");

/** A phone calls four numbers; everything that is sent on either side is captured. */
function recorded(): { readonly world: EdgeWorld; readonly packets: readonly Written[] } {
  const world = new EdgeWorld("", { file: old });
  world.core.wallClock(night - world.now);
  const packets: Written[] = [];
  const phone = world.phone();
  const place = (party: Party): Written["source"] => [party.flow.packetSource.address, party.flow.packetSource.port];
  let captured = 0;
  const capture = (): void => {
    for (const { flow, text } of world.sent.slice(captured)) {
      const { address, port } = flow.packetSource;
      const source: Written["source"] = flow.side === "core" ? ["10.0.0.2", 5060] : ours;
      packets.push({ at: night + packets.length, source, destination: [address, port], payload: Buffer.from(text) });
    }
    captured = world.sent.length;
  };
  const send = phone.send.bind(phone);
  phone.send = (lines, body = "") => {
    const text = `${lines.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    packets.push({ at: night + packets.length, source: place(phone), destination: ours, payload: Buffer.from(text) });
    send(lines, body);
    capture();
  };
  registered(world, phone);
  capture();
  for (const to of ["0043123456789", "00442012345678", "0033123456789", "600"]) {
    phone.inbox.length = 0;
    const more = ["Content-Type: application/sdp"];
    phone.send([...inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }), ...more], offer);
  }
  // What is left as a first attempt only is a call once it has ended.
  world.advance(400_000);
  return { world, packets };
}

const ours = ["203.0.113.1", 5060] as const;

async function replayed(file: Uint8Array | string, config: string, against?: string, json = false) {
  const named = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const lines: string[] = [];
  const put = (text: string): void => void lines.push(text);
  const terminal = {
    out: put,
    err: put,
    bold: (text: string) => text,
    tinted: (_: unknown, text: string) => text,
    problem: put,
    warning: put,
  };
  const options = {
    config: named("new.yaml", config),
    ...(against !== undefined && { against: named("old.yaml", against) }),
    json,
  };
  const code = await replay(named("record", file), options, {
    environment: { variable: () => undefined } as never,
    terminal,
  });
  return { code, text: lines.join("\n").replaceAll(`${dir}/`, "") };
}

test.each([
  ["pcap", writePcap],
  ["pcapng", writePcapng],
])(
  "a capture (%s): what another file refuses and lets in, by rule with file and line; each call once",
  async (_name, write) => {
    const { code, text } = await replayed(write(recorded().packets), strict, old);
    expect(code).toBe(1);
    expect(text).toContain("calls      4: 1 let in and 0 refused as before");
    expect(text).toContain("would now be refused: 2");
    expect(text).toContain("1  destination-barred: prefix +43  new.yaml:13 policy.destinations[0]");
    expect(text).toContain("1  international-barred: country GB  new.yaml:14 policy.destinations[1]");
    expect(text).toContain("would now be let in: 1");
    expect(text).toContain("1  was international-barred: country FR  old.yaml:12 policy.destinations[0]");
    expect(text).toContain("2026-11-22 03:00:00Z  1001");
    expect(text).not.toContain("From says");
  },
);

test("our own record of decisions is compared with what was decided then", async () => {
  const { world } = recorded();
  const lines = world.core
    .decisionDesk(() => world.now)
    .page(0, 100)
    .decisions.map((one) => JSON.stringify(one));
  const { code, text } = await replayed(`${lines.join("\n")}\nnot a decision\n`, strict);
  expect(code).toBe(1);
  expect(text).toContain("compared with what was decided then");
  expect(text).toContain("would now be refused: 2");
  expect(text).toContain("would now be let in: 1");
  expect(text).toContain("not read   1 lines that are no decision and no call whose number is whole");
});

test("the records of calls are compared with what became of them, at the time at which each began", async () => {
  const { world } = recorded();
  const rows = (hide: boolean): string =>
    [...world.events("call"), ...world.events("refused")]
      .flatMap((event) => recordOf(event, night + 400_000, hide) ?? [])
      .map((record, at) => lineOf("jsonl", { ...record, seq: at + 1 }))
      .join("\n");
  const { code, text } = await replayed(rows(false), strict);
  expect(code).toBe(1);
  expect(text).toContain("calls      4: 1 let in and 0 refused as before");
  expect(text).toContain("1  destination-barred: prefix +43  new.yaml:13 policy.destinations[0]");
  expect(text).toContain("would now be let in: 1");
  expect((await replayed(rows(false), nights)).text).toContain("would now be refused: 3\n      3  outside-hours");
  // Extensions are shown whole, numbers outside are not.
  expect((await replayed(rows(true), old)).text).toContain("not read   3 lines");
});

test("the rules see the time of the capture", async () => {
  const { text } = await replayed(writePcap(recorded().packets), nights);
  expect(text).toContain("4  outside-hours: outside the opening hours  new.yaml:12 policy.accounts.default.hours");
  const noon = recorded().packets.map((packet) => ({ ...packet, at: packet.at + 9 * 3_600_000 }));
  expect((await replayed(writePcap(noon), nights)).text).toContain("nothing changes");
});

test("the same rules change nothing, and the exit code says so; --json is the same as data", async () => {
  const capture = writePcap(recorded().packets);
  expect(await replayed(capture, old, old)).toMatchObject({ code: 0 });
  const { text } = await replayed(capture, strict, old, true);
  const { counts, rules, calls } = JSON.parse(text);
  expect(counts).toMatchObject({ calls: 4, refusedNow: 2, letInNow: 1 });
  expect(rules.map((rule: { reason: string }) => rule.reason)).toContain("destination-barred");
  expect(calls[0]).toMatchObject({ caller: "1001", before: { action: "allow" }, after: { action: "reject" } });
});

test("a file that is no record is refused with what to write instead", async () => {
  await expect(replayed("what is this?", old)).rejects.toThrow("no capture");
  await expect(replayed("", old)).rejects.toThrow("is empty");
});

test("hostile lines are counted, whatever they hold", async () => {
  const lines = ["{", "{}", `{"at":1e999}`, `{"by":"policy","subject":null}`, `{"x":"${"y".repeat(70_000)}"}`, "[]"];
  const { text } = await replayed(lines.join("\n"), old);
  expect(text).toContain("not read   6 lines that are no decision and no call whose number is whole");
});

test("docs/explain.md shows what replay prints", async () => {
  const base = `pbx:
  address: 10.0.0.5:5060
phones:
  domains: [pbx.example.com]
policy:
  country: DE
  destinations:
    - { list: high-risk, action: reject }
`;
  const before = `${base}    - { country: FR, action: reject, reason: international-barred }\n`;
  const after = `${base}    - { prefix: "+4420", action: allow }
    - { country: [GB, AT], action: reject, reason: international-barred }
  accounts: { default: { hours: "Mon-Fri 07:00-17:00 Europe/Berlin" } }
`;
  const numbers = ["0043123456789", "00442012345678", "0033123456789", "600", "00881612345678", "0301234567"];
  const all = [...numbers, "00442079460000", "112"];
  const begin = Date.parse("2026-11-20T08:00:00Z");
  const packets = Array.from({ length: 240 }, (_, i): Written => {
    const [to, from] = [all[(i * 7) % all.length], 1001 + (i % 5)];
    const lines = [
      `INVITE sip:${to}@pbx.example.com SIP/2.0`,
      `Via: SIP/2.0/UDP 192.0.2.${from % 100}:5062;branch=z9hG4bK${i}`,
      "Max-Forwards: 70",
      `From: <sip:${from}@pbx.example.com>;tag=t${i}`,
      `To: <sip:${to}@pbx.example.com>`,
      `Call-ID: c${i}`,
      "CSeq: 1 INVITE",
      "Content-Length: 0",
    ];
    const payload = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
    return { at: begin + i * 150_000, source: [`192.0.2.${from % 100}`, 5062], destination: ours, payload };
  });
  const { text } = await replayed(writePcap(packets), after, before);
  const page = readFileSync(new URL("../../../../docs/explain.md", import.meta.url), "utf8");
  const shown = page.slice(page.indexOf("$ ./ringfence replay calls.pcap"));
  const lines = shown.slice(shown.indexOf("\n") + 1, shown.indexOf("\n...")).split("\n");
  expect(text.replace("record     record", "record     calls.pcap").split("\n").slice(0, lines.length)).toEqual(lines);
  expect(text).toContain("and 34 more: --json lists them");
});
