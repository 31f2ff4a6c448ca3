/** What stands when the rules change: the same rules as for a new call, with what it began with; then it goes on or ends. */
import { expect, test } from "vitest";
import { type CallUp, callUp, phoneDialog } from "../support/call-up.ts";
import { dial } from "../support/carrier-call.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const end = "policy: { on_reload: end";
const room = "policy: { limits: { calls_per_account: 99 } }";

function begin(phone: Party, to: string): void {
  phone.send([...inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }), sdp], offer);
}

function reasons({ calls }: ReturnType<EdgeWorld["reload"]>): readonly string[] {
  return calls.map(({ rule, reason }) => `${rule} ${reason}`);
}

/** New rules under which the call of account 1001 at 192.0.2.10 to 600 would not begin. */
const forbidding: readonly (readonly [string, string, string])[] = [
  ["its number", 'destinations: [{ prefix: "6", action: reject, reason: premium-rate }]', "destination premium-rate"],
  ["its hour", 'accounts: { default: { hours: "Mon-Sun 00:00-00:01 UTC" } }', "hours outside-hours"],
];

test.each(forbidding)(
  "a call that the new rules forbid for %s ends on both legs, and the decision is logged",
  (...given) => {
    const [, rule, decision] = given;
    const { world, phone, pbx } = callUp(new EdgeWorld("", {}));
    expect(reasons(world.reload(`${end}, ${rule} }`))).toEqual([decision]);
    for (const party of [phone, pbx]) {
      const { message } = party.request("BYE");
      expect(message.headers.get("Reason")).toBe('SIP;cause=403;text="No longer allowed"');
      party.send(replyLines(message, "200 OK"));
    }
    const [ended] = world.events("refused");
    expect(`${ended?.rule} ${ended?.reason}`).toBe(decision);
    expect(ended).toMatchObject({ account: "1001", call: expect.any(String), decision: expect.any(String) });
    const line = { reason: "forbidden", ended_by: "ringfence", decision: ended?.decision };
    expect(world.events("call").at(-1)).toMatchObject(line);
    expect(world.core.counts().calls).toBe(0);
  },
);

test("by default it goes on: counted, nothing is sent, and it is hung up as any", () => {
  const { world, phone, pbx, ok } = callUp();
  expect(reasons(world.reload('policy: { destinations: [{ prefix: "6", action: reject }] }'))).toHaveLength(1);
  world.advance(1_000);
  expect([...phone.inbox, ...pbx.inbox]).toEqual([]);
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 11)));
  pbx.send(replyLines(pbx.request("BYE").message, "200 OK"));
  phone.response(200);
  expect(world.core.counts().calls).toBe(0);
});

test("what is still allowed is not concerned, whatever else changed", () => {
  const { world, phone, pbx } = callUp();
  const rules =
    'limits: { calls: 1, calls_per_second: 1, calls_per_account: 1 }, destinations: [{ prefix: "7", action: reject }]';
  const day = "accounts: { default: { calls_per_hour: 1, minutes_per_day: 60 } }";
  expect(world.reload(`${end}, ${rules}, ${day} }`)).toEqual({ calls: [], registrations: [], unreachable: [] });
  world.advance(1_000);
  expect([...phone.inbox, ...pbx.inbox]).toEqual([]);
});

test("of more calls than the new limit the oldest stay, and a call that rings is refused and cancelled", () => {
  const world = new EdgeWorld(room);
  const phone = world.phone();
  registered(world, phone);
  for (const to of ["601", "602", "603"]) begin(phone, to);
  const invites = ["601", "602", "603"].map(() => world.pbx().request("INVITE").message);
  for (const invite of invites) world.pbx().send(replyLines(invite, "180 Ringing"));
  phone.inbox.length = 0;
  expect(reasons(world.reload(`${end}, limits: { calls_per_account: 2 } }`))).toEqual(["capacity account-calls-limit"]);
  phone.response(403);
  expect(world.pbx().request("CANCEL").message.callId).toBe(invites[2]?.callId);
  expect(world.core.counts().calls).toBe(2);
});

test("threat L15: an emergency call goes on under rules that would take nobody", () => {
  const world = new EdgeWorld(room);
  const phone = world.phone();
  registered(world, phone);
  begin(phone, "112");
  const file = "defence: { deny: [192.0.2.0/24] }";
  expect(
    world.reload(`${end}, emergency: { numbers: [] }, destinations: [{ action: reject }] }\n${file}`).calls,
  ).toEqual([]);
  world.advance(1_000);
  expect(world.core.counts().calls).toBe(1);
});

test("a thousand are not hung up at once", () => {
  const world = new EdgeWorld("policy: { limits: { calls: 999, calls_per_second: 999, calls_per_account: 999 } }");
  const phone = world.phone();
  registered(world, phone);
  for (let i = 0; i < 25; i++) begin(phone, String(700 + i));
  const none = 'destinations: [{ prefix: "7", action: reject }]';
  expect(world.reload(`${end}, ${none} }`).calls).toHaveLength(25);
  const left = (): number => world.core.counts().calls;
  expect(left()).toBe(15);
  world.advance(100);
  expect(left()).toBe(5);
  // What is left of it is judged anew by another reload: two calls of an account.
  world.reload(end.concat(" }"));
  world.advance(1_000);
  expect(left()).toBe(2);
  expect(world.core.counts().timers).toBeGreaterThan(0);
});

test("a trunk that is gone: its calls end, in both directions; left alone they are hung up by the carrier itself", () => {
  for (const onReload of ["end", "keep"]) {
    const { world, carrier, invite } = answeredByCarrier();
    const judgement = world.reload(`policy: { on_reload: ${onReload} }`, { trunks: " []" });
    expect(reasons(judgement)).toEqual(["identity unknown-trunk"]);
    if (onReload === "keep") carrier.send(byeOf(invite));
    expect((onReload === "keep" ? world.pbx("trunks") : carrier).request("BYE")).toBeDefined();
    expect(world.core.counts().calls).toBe(0);
  }
});

test("a trunk whose hosts, limits and numbers change keeps its calls", () => {
  const { world } = answeredByCarrier();
  const trunks = `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.99" }]
    from: [198.51.100.7]
    limits: { calls: 1 }
`;
  expect(world.reload(`${end} }`, { trunks })).toEqual({ calls: [], registrations: [], unreachable: [] });
});

test("a PBX that moves keeps its calls: the machine it was is heard in them, and nowhere else", () => {
  const { world, phone, pbx, invite } = callUp();
  expect(world.reload(`${end} }`, { pbx: "address: 10.0.0.6:5060" }).calls).toEqual([]);
  pbx.send([...inviteLines(pbx, { to: "sip:1001@10.0.0.2", callId: branch() }), sdp], offer);
  expect(pbx.inbox).toEqual([]);
  const from = `${invite.headers.get("To")};tag=peer`;
  const dialog = {
    target: "sip:1001@10.0.0.2:5060",
    from,
    to: invite.headers.get("From") ?? "",
    callId: invite.callId,
    cseq: 2,
  };
  pbx.send(inDialogLines(pbx, "BYE", dialog));
  phone.send(replyLines(phone.request("BYE").message, "200 OK"));
  pbx.response(200);
});

const accounts = (names: readonly string[]): string =>
  names.map((name) => `"${name}": { password: "never guessed ${name.length} times" }`).join("\n");

test("registrations of domains, sources and accounts that are not served any more end; the others stay", () => {
  const world = new EdgeWorld();
  const there = world.phone("192.0.2.11");
  registered(world, world.phone("192.0.2.10"), {});
  registered(world, there, { user: "1002", callId: "reg-1002" });
  const denied = world.reload(`${end} }\ndefence: { deny: [192.0.2.10] }`);
  expect(denied.registrations).toHaveLength(1);
  expect(world.core.counts().registrations).toBe(1);
  expect(world.events("registration").at(-1)).toMatchObject({ account: "1001", reason: "forbidden" });
  expect(world.reload(`${end} }`, { accounts: accounts(["1002"]) }).registrations).toEqual([]);
  expect(world.reload(`${end} }`, { accounts: accounts(["1003"]) }).registrations).toHaveLength(1);
  expect(world.core.counts().registrations).toBe(0);
});

test("registrations that may stay until they end by themselves do", () => {
  const { world } = callUp();
  expect(world.reload("defence: { deny: [192.0.2.10] }").registrations).toHaveLength(1);
  world.advance(1_000);
  expect(world.core.counts()).toMatchObject({ registrations: 1, calls: 1 });
});

interface Answered extends Pick<CallUp, "world" | "invite"> {
  readonly carrier: Party;
}

/** The PBX calls out, the carrier has answered. */
function answeredByCarrier(): Answered {
  const world = new EdgeWorld();
  const pbx = dial(world);
  const carrier = world.carrier();
  const { message: invite } = carrier.request("INVITE");
  carrier.send([...replyLines(invite, "200 OK", ["Contact: <sip:c@198.51.100.7>"]), sdp], offer);
  carrier.request("ACK");
  const { message: ok } = pbx.response(200);
  pbx.send(inDialogLines(pbx, "ACK", { ...phoneDialog(ok, 10), target: "sip:c@10.0.0.3" }));
  return { world, carrier, invite };
}

function byeOf(invite: CallUp["invite"]): readonly string[] {
  return [
    "BYE sip:c@203.0.113.1 SIP/2.0",
    `Via: SIP/2.0/UDP 198.51.100.7:5060;branch=${branch()}`,
    "Max-Forwards: 70",
    `From: ${invite.headers.get("To")};tag=peer`,
    `To: ${invite.headers.get("From")}`,
    `Call-ID: ${invite.callId}`,
    "CSeq: 2 BYE",
  ];
}
