/** Every refusal has one id: in the log line, in the count, in the book that `explain ID` reads, and on demand in the answer. */
import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inviteLines, offer, registered } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const barred = 'policy:\n  destinations: [{ prefix: "+882", action: reject, reason: premium-rate }]\n';

function phoneOf(world: EdgeWorld): Party {
  const phone = world.phone();
  registered(world, phone);
  return phone;
}

function call(phone: Party, to: string): void {
  phone.send([...inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }), sdp], offer);
}

function decisionsOf(world: EdgeWorld) {
  return world.core.decisionDesk(() => world.now);
}

function counted(world: EdgeWorld) {
  return world.outputs.flatMap((o) => (o.kind === "count" && o.count.name === "refused" ? [o.count] : []));
}

test("a refused call: the id of the line is that of the count, and leads to the chain and to what was asked", () => {
  const world = new EdgeWorld(barred);
  call(phoneOf(world), "+8821234567");
  const [line] = world.events("refused");
  expect(line?.decision).toMatch(/^[0-9a-f]{12}$/);
  expect(counted(world)).toEqual([
    { name: "refused", side: "phone", reason: "premium-rate", decision: line?.decision },
  ]);
  const decision = decisionsOf(world).find(line?.decision ?? "");
  expect(decision).toMatchObject({ action: "reject", by: "policy", reason: "premium-rate", account: "1001" });
  expect(decision?.chain.at(-1)).toMatchObject({ outcome: "reject", key: "policy.destinations[0]" });
  expect(decision?.subject).toMatchObject({ targetUser: "+8821234567", load: { calls: 0 } });
  expect(decision?.at).toBeGreaterThan(1_700_000_000_000);
});

test("a call that is let through has an id as well, in both of its lines; without credentials it is kept once it is a call", () => {
  const world = new EdgeWorld(barred);
  const phone = phoneOf(world);
  call(phone, "+4930123");
  expect(decisionsOf(world).page(0, 10).decisions).toEqual([]);
  world.pbx().next();
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  const [began, ended] = world.events("call");
  expect(decisionsOf(world).find(began?.decision ?? "")).toMatchObject({ action: "allow", call: began?.call });
  // The end is a decision of its own.
  const cut = decisionsOf(world).find(ended?.decision ?? "");
  expect(cut).toMatchObject({ action: "end", by: "cut", reason: "suspended", call: began?.call, account: "1001" });
  expect(began?.decision).not.toBe(ended?.decision);
});

test("an SDP that the media relay refuses is a decision about the call", () => {
  const world = new EdgeWorld();
  world.media = () => ({ ok: false, status: 488, reason: "srtp-required", text: "This side must use SRTP" });
  call(phoneOf(world), "600");
  const [line] = world.events("refused");
  const found = decisionsOf(world).find(line?.decision ?? "");
  expect(found).toMatchObject({ by: "media", reason: "srtp-required", status: 488 });
  expect(world.events("call").at(-1)).toMatchObject({ reason: "media-failed", decision: line?.decision });
});

test("a stranger, a message that fails a check and a ban have ids too", () => {
  const world = new EdgeWorld();
  const stranger = world.phone("192.0.2.66", 40_000, "tls");
  call(stranger, "600");
  stranger.send(
    inviteLines(stranger, { callId: branch() }).map((line) => line.replace("Max-Forwards: 70", "Max-Forwards: 0")),
  );
  world.feed({ kind: "ban", label: "192.0.2.66", forMs: 60_000 });
  const lines = [...world.events("refused"), ...world.events("malformed"), ...world.events("ban")];
  const found = lines.map(({ decision }) => decisionsOf(world).find(decision ?? "")?.by);
  expect(found).toEqual(["policy", "message", "ban"]);
});

test("an answer of our own that refuses by no rule has an id, and its words are the reason; one of the PBX has none", () => {
  const world = new EdgeWorld();
  const phone = phoneOf(world);
  call(phone, "600");
  phone.inbox.length = 0;
  const pbx = world.pbx();
  pbx.inbox.length = 0;
  const to = "sip:nobody@203.0.113.1";
  pbx.send([...inviteLines(pbx, { to, from: "<sip:600@10.0.0.5>", callId: branch() }), sdp], offer);
  const line = world.events("request").at(-1);
  const kept = decisionsOf(world).find(line?.decision ?? "");
  expect(kept).toMatchObject({ by: "answer", status: 480, reason: "Phone not registered", side: "core" });
});

test("policy.reason_header names the decision and nothing else; off by default; never to a source that may be forged", () => {
  const answerTo = (config: string, known: "registered" | "stranger"): string | undefined => {
    const world = new EdgeWorld(config);
    const phone = known === "registered" ? phoneOf(world) : world.phone("192.0.2.66");
    call(phone, "+8821234567");
    const reason = phone.next().message.headers.get("Reason");
    return reason?.replace(world.events("refused")[0]?.decision ?? "?", "ID");
  };
  expect(answerTo(barred, "registered")).toBeUndefined();
  const on = `${barred}  reason_header: true\n`;
  expect(answerTo(on, "registered")).toBe('SIP;cause=403;text="refused, decision ID"');
  expect(answerTo(on, "stranger")).toBeUndefined();
});

test("a flood of strangers pushes out no decision about one's own, and the book stays within its bounds", () => {
  const world = new EdgeWorld(barred);
  call(phoneOf(world), "+8821234567");
  const own = world.events("refused")[0]?.decision ?? "";
  const stranger = world.phone("192.0.2.66", 40_000, "tls");
  for (let i = 0; i < 100; i++) {
    call(stranger, "x".repeat(120));
    world.now += 40;
  }
  const kept = decisionsOf(world).page(0, 20_000).decisions;
  // As many as lines: an id that nobody can have seen explains nothing.
  expect(kept.length).toBe(world.events("refused").length);
  expect(decisionsOf(world).find(own)?.reason).toBe("premium-rate");
});
