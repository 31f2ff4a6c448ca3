import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { allMethods, callUp, pbxDialog, phoneDialog } from "../../../../test/support/call-up.ts";
import { dial, threeHosts } from "../../../../test/support/carrier-call.ts";
import { EdgeWorld } from "../../../../test/support/edge-world.ts";
import {
  answer,
  inDialogLines,
  inviteLines,
  offer,
  registered,
  replyLines,
} from "../../../../test/support/sip-script.ts";
import { tapped } from "../../../../test/support/tapped-world.ts";
import { createMask } from "../logs/mask.ts";
import { follow } from "./follow.ts";
import { compileFilter, type TraceFilter } from "./trace-filter.ts";
import { TraceHub } from "./trace-hub.ts";
import { traced } from "./traced-message.ts";

const mask = createMask("off");
let world: EdgeWorld;
let bugs: unknown[];

beforeEach(() => {
  world = new EdgeWorld("", { phones: allMethods });
  bugs = [];
});
afterEach(() => expect(bugs).toEqual([]));

/** A hub that looks on at `world` once somebody wants it to. */
function hubOf(at = world): TraceHub {
  const edge = { observe: (tap: Parameters<typeof tapped>[1] | undefined) => tap && tapped(at, tap) };
  return new TraceHub(
    edge,
    () => at.now,
    (bug) => void bugs.push(bug),
  );
}

function titles(hub: TraceHub, call: string): readonly string[] {
  return (hub.of(call)?.messages ?? []).map((seen) => {
    const { side, direction, title } = traced(seen, mask);
    return `${side} ${direction} ${title}`;
  });
}

/** Our ids of its calls, in the order in which they began. */
function callsOf(at = world): readonly string[] {
  return [...new Set(at.outputs.flatMap((output) => (output.kind === "leg" ? [output.call] : [])))];
}

const callOf = (at = world): string => callsOf(at)[0] ?? "";

function watch(hub: TraceHub, filter: TraceFilter): string[] {
  const got: string[] = [];
  follow(hub, compileFilter(filter), (seen) => {
    const { side, direction, title } = traced(seen, mask);
    got.push(`${side} ${direction} ${title}`);
  });
  return got;
}

const wholeCall = [
  ...["phone in INVITE 600", "phone out 100 Trying", "core out INVITE 600", "core in 100 Trying"],
  ...["core in 180 Ringing", "phone out 180 Ringing", "core in 200 OK", "core out ACK 600", "phone out 200 OK"],
  "phone in ACK 600",
];

describe("ladders that are kept", () => {
  test("a call's ladder holds both of its legs, from the INVITE on, and nothing of anybody else", () => {
    const hub = hubOf();
    hub.keep(10);
    const { phone, pbx, invite } = callUp(world);
    expect(titles(hub, callOf())).toEqual(wholeCall);
    pbx.send(inDialogLines(pbx, "BYE", pbxDialog(invite, 2)));
    phone.send(replyLines(phone.request("BYE").message, "200 OK"));
    expect(titles(hub, callOf()).slice(wholeCall.length)).toEqual([
      ...["core in BYE 1001", "core out 200 OK (BYE)", "phone out BYE 1001", "phone in 200 OK (BYE)"],
    ]);
  });

  test("a transfer is in the ladder of its call, the call that it leads to has its own", () => {
    const hub = hubOf();
    hub.keep(10);
    const { phone, pbx, ok } = callUp(world);
    const lines = ["Refer-To: <sip:1002@pbx.example.com>", "Contact: <sip:1001@192.0.2.10:40000>"];
    phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), lines));
    pbx.send(replyLines(pbx.request("REFER").message, "202 Accepted", ["Contact: <sip:600@10.0.0.5>"]));
    expect(titles(hub, callOf()).slice(wholeCall.length)).toEqual([
      ...["phone in REFER 600", "core out REFER 600", "core in 202 Accepted (REFER)", "phone out 202 Accepted (REFER)"],
    ]);
    phone.send([...inviteLines(phone, { callId: "led-to" }), "Content-Type: application/sdp"], offer);
    expect(titles(hub, callsOf()[1] ?? "")[0]).toBe("phone in INVITE 600");
    expect(titles(hub, callOf())).toHaveLength(wholeCall.length + 4);
  });

  test("every fork is in it, the one that lost too", () => {
    const hub = hubOf();
    hub.keep(10);
    const phone = world.phone();
    registered(world, phone);
    phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
    const pbx = world.pbx();
    const { message: invite } = pbx.request("INVITE");
    const lines = ["Contact: <sip:600@10.0.0.5>", "Content-Type: application/sdp"];
    pbx.send(replyLines(invite, "200 OK", lines, "one"), answer);
    pbx.send(replyLines(invite, "200 OK", lines, "two"), answer);
    const ladder = titles(hub, callOf());
    expect(ladder.filter((line) => line === "core in 200 OK")).toHaveLength(2);
    expect(ladder.filter((line) => line === "core out BYE 600")).toHaveLength(1);
  });

  test("hosts of a carrier that were tried in vain are in it", () => {
    const at = new EdgeWorld("", { trunks: threeHosts() });
    const hub = hubOf(at);
    hub.keep(10);
    dial(at);
    const first = at.carrier("198.51.100.1");
    first.send(replyLines(first.request("INVITE").message, "503 Service Unavailable"));
    expect(titles(hub, callOf(at))).toEqual([
      ...["core in INVITE +4930123456", "core out 100 Trying", "trunk out INVITE +4930123456"],
      ...["trunk in 503 Service Unavailable", "trunk out ACK +4930123456", "trunk out INVITE +4930123456"],
    ]);
  });

  test("the oldest calls make room, and a call's oldest messages", () => {
    const hub = hubOf();
    hub.keep(1);
    const { phone, pbx, invite } = callUp(world);
    const first = callOf();
    for (let cseq = 2; cseq < 80; cseq++) {
      pbx.send(inDialogLines(pbx, "INFO", pbxDialog(invite, cseq)));
      phone.send(replyLines(phone.request("INFO").message, "200 OK"));
    }
    const kept = hub.of(first);
    expect([kept?.messages.length, kept?.dropped]).toEqual([200, wholeCall.length + 78 * 4 - 200]);
    phone.send([...inviteLines(phone, { callId: "another" }), "Content-Type: application/sdp"], offer);
    expect(hub.of(first)).toBeUndefined();
  });

  test("keys of SRTP are not kept in memory", () => {
    const hub = hubOf();
    hub.keep(10);
    const phone = world.phone();
    registered(world, phone);
    const key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}|2^20\r\n`;
    phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer + crypto);
    const texts = hub.of(callOf())?.messages.map(({ bytes }) => Buffer.from(bytes).toString("latin1")) ?? [];
    expect([texts[0]?.includes("inline:****"), texts.some((text) => text.includes(key))]).toEqual([true, false]);
  });
});

describe("somebody looks on", () => {
  test.each<[string, TraceFilter]>([
    ["the account", { account: "1001" }],
    ["the trunk side's address", { source: "10.0.0.0/24" }],
    ["a number by its end", { number: "600" }],
  ])("of a call that fits by %s both legs are seen, from the beginning", (_by, filter) => {
    const hub = hubOf();
    const phone = world.phone();
    registered(world, phone);
    const got = watch(hub, filter);
    phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
    expect(got.slice(0, 3)).toEqual(["phone in INVITE 600", "phone out 100 Trying", "core out INVITE 600"]);
  });

  test("registrations are seen on both sides, also those that fail", () => {
    const hub = hubOf();
    const got = watch(hub, { account: "1001", method: "register" });
    registered(world, world.phone());
    expect(got).toEqual([
      ...["phone in REGISTER", "core out REGISTER", "core in 200 OK (REGISTER)", "phone out 200 OK (REGISTER)"],
    ]);
  });

  test("what is refused is seen, though it is no call", () => {
    const hub = hubOf();
    const got = watch(hub, { source: "192.0.2.66" });
    const stranger = world.phone("192.0.2.66");
    stranger.send([...inviteLines(stranger), "Content-Type: application/sdp"], offer);
    expect([got[0], got.length > 1]).toEqual(["phone in INVITE 600", true]);
  });

  test.each<[string, TraceFilter]>([
    ["another account", { account: "1002" }],
    ["another address", { source: "192.0.2.11" }],
    ["a trunk that is not part of it", { trunk: "carrier" }],
    ["two things of which one does not fit", { account: "1001", source: "192.0.2.11" }],
    ["the end of an extension", { number: "00" }],
  ])("nothing is seen for %s", (_what, filter) => {
    const hub = hubOf();
    const got = watch(hub, filter);
    callUp(world);
    expect(got).toEqual([]);
  });

  test("numbers are one number however they are written", () => {
    const at = new EdgeWorld("", { trunks: threeHosts() });
    const hub = hubOf(at);
    const written = ["+4930123456", "004930123456", "030123456", "30-123456"].map((number) => watch(hub, { number }));
    dial(at);
    expect(written.map((got) => got[0])).toEqual(Array.from({ length: 4 }, () => "core in INVITE +4930123456"));
  });

  test.each(["id", "Call-ID"])(
    "of a call that is named by its %s what is kept comes at once, and then what follows",
    (by) => {
      const hub = hubOf();
      hub.keep(10);
      const { pbx, invite } = callUp(world);
      const call = by === "id" ? callOf() : invite.callId;
      const got: string[] = [];
      follow(hub, compileFilter({ call }), (seen) => void got.push(traced(seen, mask).title), call);
      expect(got).toHaveLength(wholeCall.length);
      pbx.send(inDialogLines(pbx, "BYE", pbxDialog(invite, 2)));
      expect(got.slice(wholeCall.length)).toEqual(["BYE 1001", "200 OK (BYE)", "BYE 1001"]);
    },
  );

  test("threat L13: a fault of one who looks on harms neither the call nor the others, and is said once a minute", async () => {
    const hub = hubOf();
    hub.listen(() => {
      throw new Error("a bug");
    });
    const got = watch(hub, { account: "1001" });
    callUp(world);
    const stranger = world.phone("192.0.2.66");
    stranger.send([...inviteLines(stranger, { callId: "waits" }), "Content-Type: application/sdp"], offer);
    await Promise.resolve();
    expect([got.length > wholeCall.length, bugs.splice(0).length]).toEqual([true, 1]);
  });

  test("nobody looks on: the edge is told so", () => {
    const told: boolean[] = [];
    const hub = new TraceHub(
      { observe: (tap) => void told.push(tap !== undefined) },
      () => 0,
      () => undefined,
    );
    const leave = hub.listen(() => undefined);
    leave();
    hub.keep(5);
    hub.keep(0);
    expect(told).toEqual([true, false, true, false]);
  });
});
