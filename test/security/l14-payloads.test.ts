/**
 * Threat L14: what attackers plant in every header field and every line of a session description, from the side of the phones, of
 * a carrier and of the PBX, in calls, registrations, messages and answers, is text in every output.
 */
import { expect, test } from "vitest";
import type { Seen } from "../../packages/appliance/src/trace/seen.ts";
import { TraceHub } from "../../packages/appliance/src/trace/trace-hub.ts";
import { registeredNames } from "../../packages/sip/src/message/names.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { everyOutput } from "../support/every-output.ts";
import { everyText } from "../support/every-text.ts";
import {
  forms,
  mark,
  payloads,
  plant,
  sdpPlants,
  share,
  telling,
  unsafe,
  whole,
  withLine,
} from "../support/payloads.ts";
import {
  answer,
  branch,
  inDialogLines,
  inviteLines,
  offer,
  registered,
  registerLines,
  replyLines,
} from "../support/sip-script.ts";
import { tapped } from "../support/tapped-world.ts";

const sdp = "Content-Type: application/sdp";
const options = `registration: { phone_expires: 300s }
  methods: { subscribe: true, message: true, refer: true }`;

interface Scene {
  readonly world: EdgeWorld;
  readonly seen: Seen[];
  readonly phone: Party;
}

/** Nobody is banned for what he plants: each of it shall be read. */
function scene(): Scene {
  const world = new EdgeWorld("defence: { mode: shadow }", { phones: options });
  const seen: Seen[] = [];
  const onBug = (error: unknown): void => {
    throw error;
  };
  const hub = new TraceHub({ observe: (tap) => tap && tapped(world, tap) }, () => world.now, onBug);
  hub.listen((one) => seen.push(one));
  const phone = world.phone();
  registered(world, phone);
  return { world, seen, phone };
}

type Plant = (lines: readonly string[]) => readonly string[];
/** A request with that in it, and its answer with that in it too. */
type Act = (scene: Scene, plant: Plant, body: string, answered: string) => void;

const acts: readonly Act[] = [
  // A phone calls, the PBX refuses.
  ({ world, phone }, planted, body) => {
    phone.send(planted([...inviteLines(phone, { callId: branch() }), sdp]), body);
    reply(world, world.pbx(), (request) => planted(replyLines(request, "486 Busy Here")));
  },
  // A phone calls, the PBX answers and hangs up.
  ({ world, phone }, planted, body, answered) => {
    phone.send(planted([...inviteLines(phone, { callId: branch() }), sdp]), body);
    reply(
      world,
      world.pbx(),
      (request) => planted([...replyLines(request, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), sdp]),
      answered,
    );
  },
  // The PBX calls a phone, which declines.
  ({ world, phone }, planted, body) => {
    const pbx = world.pbx();
    pbx.send(
      planted([...inviteLines(pbx, { to: "sip:1001@10.0.0.2", from: "<sip:600@10.0.0.5>", callId: branch() }), sdp]),
      body,
    );
    reply(world, phone, (request) => planted(replyLines(request, "603 Decline")));
  },
  // A carrier calls.
  ({ world }, planted, body) => {
    const [carrier, trunks] = [world.carrier(), world.pbx("trunks")];
    carrier.send(planted([...inviteLines(carrier, { to: "sip:600@203.0.113.1", callId: branch() }), sdp]), body);
    reply(world, trunks, (request) => planted(replyLines(request, "486 Busy Here")));
  },
  // A carrier is called.
  ({ world }, planted, body) => {
    const [carrier, trunks] = [world.carrier(), world.pbx("trunks")];
    trunks.send(planted([...inviteLines(trunks, { to: "sip:0891234567@10.0.0.3", callId: branch() }), sdp]), body);
    reply(world, carrier, (request) => planted(replyLines(request, "503 Service Unavailable")));
  },
  // A registration of a phone and of a stranger.
  ({ world, phone }, planted) => {
    for (const party of [phone, world.phone("192.0.2.66", 5060)])
      party.send(planted(registerLines(party, { callId: branch() })));
    reply(world, world.pbx(), (request) => planted(replyLines(request, "404 Not Found")));
  },
  // Text messages, subscriptions, questions.
  ({ world, phone }, planted, body) => {
    const method = otherMethods[++said % otherMethods.length] ?? "";
    for (const party of [phone, world.phone("192.0.2.66", 5060)])
      party.send(planted(inDialogLines(party, method, outside())), body);
    reply(world, world.pbx(), (request) => planted(replyLines(request, "404 Not Found")));
  },
];

const otherMethods = ["MESSAGE", "SUBSCRIBE", "OPTIONS", "REFER", "NOTIFY", "PUBLISH"];
let said = 0;

function outside() {
  const target = "sip:600@pbx.example.com";
  return { target, from: "<sip:1001@pbx.example.com>;tag=caller", to: `<${target}>`, callId: branch(), cseq: 1 };
}

/** To everything that has come. */
function reply(
  world: EdgeWorld,
  party: Party,
  lines: (request: Parameters<typeof replyLines>[0]) => readonly string[],
  body = "",
): void {
  for (const { message } of party.inbox.splice(0))
    if (message.kind === "request" && message.method !== "ACK") party.send(lines(message), body);
  world.advance(100);
}

/** Of each act one world, in which every field and every line has had a quarter of the payloads: each act has another quarter. */
function played(act: Act, quarter: number): Scene {
  const one = scene();
  let turn = 0;
  for (const [row, name] of [...registeredNames, "X-Unknown", "__proto__", "constructor"].entries()) {
    for (const payload of share(quarter + row)) {
      const form = forms[turn++ % forms.length] ?? whole;
      act(one, (lines) => plant(lines, name, (before) => form(payload, before)), offer, answer);
    }
  }
  for (const name of telling)
    for (const payload of payloads)
      for (const form of forms)
        act(one, (lines) => plant(lines, name, (before) => form(payload, before)), offer, answer);
  for (const [row, line] of sdpPlants.entries())
    for (const payload of share(quarter + row))
      act(one, (lines) => lines, withLine(offer, line(payload)), withLine(answer, line(payload)));
  one.world.advance(400_000);
  return one;
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype];
const own = (): unknown => prototypes.map((one) => Object.getOwnPropertyNames(one));
const before = own();

/** Thousands of messages, on a machine that may be busy. */
const PATIENCE = 120_000;

for (const [place, act] of acts.entries()) {
  test(
    `threat L14: act ${place + 1} of ${acts.length}, each payload in each place, is text everywhere`,
    async () => {
      const { world, seen } = played(act, place);
      const outputs = await everyOutput(world, "off");
      const { lines, json, csv, records, messages, captured } = everyText(world, seen);
      for (const name of ["standard output", "file"]) checkJson(name, (outputs.get(name) ?? "").trimEnd().split("\n"));
      const events = world.outputs.filter(({ kind }) => kind === "event").length;
      expect(outputs.get("file")?.trimEnd().split("\n")).toHaveLength(events);
      // It was read, and told: nothing here is safe for want of being there.
      expect((outputs.get("file") ?? "").split(mark).length).toBeGreaterThan(20);
      if (records.length > 0)
        expect(records.filter((record) => JSON.stringify(record).includes(mark)).length).toBeGreaterThan(20);
      expect(outputs.get("metrics")).not.toContain(mark);
      for (const [name, printed] of lines)
        expect({ name, bad: printed.filter((line) => unsafe.test(line)).slice(0, 3) }).toEqual({ name, bad: [] });
      for (const [name, written] of json) checkJson(name, written);
      expect(json.get("cdr --json")?.map((line) => JSON.parse(line).from ?? null)).toEqual(
        records.map(({ person }) => person?.["from"] ?? null),
      );
      checkCsv(csv);
      expect(messages.length).toBeGreaterThan(100);
      for (const [name, read] of captured) expect({ name, read }).toEqual({ name, read: messages });
      expect(own()).toEqual(before);
      expect(({} as Record<string, unknown>)[mark]).toBeUndefined();
    },
    PATIENCE,
  );
}

/** One object a line; no line that a payload made up. */
function checkJson(name: string, written: readonly string[]): void {
  const bad = written.filter((line) => unsafe.test(line) || JSON.parse(line).event === mark);
  expect({ name, bad: bad.slice(0, 3) }).toEqual({ name, bad: [] });
}

function checkCsv(written: readonly string[]): void {
  const [head = [], ...rows] = written.map(cellsOf);
  const bad = rows.filter((cells) => cells.length !== head.length || cells.some(isFormula));
  expect({ bad: bad.slice(0, 3), unsafe: written.filter((line) => unsafe.test(line)).slice(0, 3) }).toEqual({
    bad: [],
    unsafe: [],
  });
}

/** RFC 4180. */
function cellsOf(line: string): readonly string[] {
  const cells = [""];
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === "," && !quoted) cells.push("");
    else cells[cells.length - 1] += character;
  }
  return cells;
}

function isFormula(cell: string): boolean {
  const isNumber = [...cell.slice(1)].every((digit) => digit >= "0" && digit <= "9");
  return cell !== "" && "=+-@\t".includes(cell.charAt(0)) && !isNumber;
}
