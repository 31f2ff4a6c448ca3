/** Threats L12, L15 and enumeration: who scans is not heard, whoever else is behind that address goes on. */
import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { inviteLines, registered, registerLines, replyLines } from "../support/sip-script.ts";

const agent = (name: string): readonly string[] => [`User-Agent: ${name}`];
const challenge = ['WWW-Authenticate: Digest realm="r", nonce="N", algorithm=MD5'];
const office = "192.0.2.10";
const scan = (world: EdgeWorld, port = 5_061): Party => world.phone(office, port);

function standing(world: EdgeWorld) {
  return world.core.bans(world.now).map(({ kind, label, reason }) => [kind, label, reason]);
}

/** Its call is taken up, over the flow it registered. */
function works(phone: Party): boolean {
  phone.send(inviteLines(phone));
  return phone.inbox.splice(0).some(({ message }) => message.kind === "response" && message.status === 100);
}

test.each(["friendly-scanner", "SIPVicious 0.3", "Linphone/4 (friendly-scanner)"])(
  "%s is not answered from its first request on, and the phone beside it works",
  (name) => {
    const world = new EdgeWorld();
    const phone = world.phone(office, 40_000);
    registered(world, phone);
    const scanner = scan(world);
    for (const user of ["100", "101", "1001"]) scanner.send(registerLines(scanner, { user, extra: agent(name) }));
    scanner.send(registerLines(scanner, { user: "1002" }));
    world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "401 Unauthorized", challenge));
    // A datagram may be forged: whoever is really there can still register, and nothing else.
    scanner.response(401);
    expect(standing(world)).toEqual([["suspect", office, "scanner"]]);
    scanner.send(inviteLines(scanner));
    expect(scanner.inbox).toEqual([]);
    expect(works(phone)).toBe(true);
  },
);

test("a scanner on a connection is banned: the gate hears of it, and its connection ends", () => {
  const world = new EdgeWorld();
  const scanner = world.phone(office, 5_061, "tls");
  scanner.send(registerLines(scanner, { user: "100", extra: agent("friendly-scanner") }));
  expect(standing(world)).toEqual([["source", office, "scanner"]]);
  const told = world.outputs.filter(({ kind }) => kind === "ban" || kind === "close-flow");
  expect(told).toMatchObject([{ ban: { label: office }, enforced: true }, { flowId: scanner.flow.id }]);
});

test("whoever asks for account after account without proving one hears nothing from the eighth on", () => {
  const world = new EdgeWorld();
  const asks = (party: Party, user: string): boolean => {
    party.send(registerLines(party, { user }));
    const seen = world.pbx().inbox.shift();
    if (seen?.message.kind === "request") world.pbx().send(replyLines(seen.message, "401 Unauthorized", challenge));
    return party.inbox.splice(0).length > 0;
  };
  const scanner = scan(world);
  const heard = Array.from({ length: 12 }, (_, i) => asks(scanner, String(1_000 + i)));
  expect(heard).toEqual([...Array(7).fill(true), ...Array(5).fill(false)]);
  expect(standing(world)).toEqual([["suspect", office, "enumeration"]]);
  expect(asks(world.phone(office, 40_001), "1001")).toBe(true);
});

test("threat L15: a call for help passes a ban, the next call of the same phone does not", () => {
  const world = new EdgeWorld();
  world.feed({ kind: "ban", label: office, forMs: 3_600_000 });
  const phone = world.phone(office, 40_000);
  phone.send(inviteLines(phone, { to: "sip:112@pbx.example.com" }));
  expect(phone.response(100)).toBeDefined();
  const other = world.phone(office, 40_001);
  other.send(inviteLines(other, { callId: "another" }));
  expect(other.inbox).toEqual([]);
});

test("behind a banned address a phone that was there comes back over a new port, and nobody new gets in", () => {
  const world = new EdgeWorld();
  registered(world, world.phone(office, 40_000));
  world.feed({ kind: "ban", label: office, forMs: 3_600_000 });
  const [again, stranger] = [world.phone(office, 40_001), world.phone(office, 40_002)];
  again.send(registerLines(again, { user: "1001" }));
  stranger.send(registerLines(stranger, { user: "1002" }));
  const seen = world.pbx().inbox.map(({ text }) => text.includes("sip:1001@"));
  expect(seen).toEqual([true]);
  world.feed({ kind: "unban", label: office });
  stranger.send(registerLines(stranger, { user: "1002", cseq: 2 }));
  expect(world.pbx().inbox).toHaveLength(2);
});

test("`defence.allow` is never banned, and with `mode: shadow` a scanner is answered and said to be one", () => {
  const allowed = new EdgeWorld(`defence: { allow: [${office}] }`);
  const known = scan(allowed);
  for (let i = 0; i < 20; i++) known.send(registerLines(known, { user: `10${i}`, cseq: i + 1 }));
  expect([standing(allowed), allowed.pbx().inbox.length]).toEqual([[], 20]);

  const world = new EdgeWorld("defence: { mode: shadow }");
  const scanner = scan(world);
  scanner.send(registerLines(scanner, { user: "100", extra: agent("friendly-scanner") }));
  expect(world.pbx().inbox).toHaveLength(1);
  expect(world.events("shadow")).toMatchObject([{ rule: "bans", reason: "scanner" }]);
  expect(world.outputs.filter((o) => o.kind === "ban")).toMatchObject([{ enforced: false }]);
});

test("bans outlive the process, as long as they would have lasted", () => {
  const world = new EdgeWorld();
  world.feed({ kind: "ban", label: "2001:db8:1:2::7", forMs: 60_000 });
  const kept = world.core.bans(world.now);
  expect(kept).toMatchObject([{ label: "2001:db8:1:2::/64", reason: "by-hand", times: 1 }]);
  const next = new EdgeWorld();
  next.advance(10_000);
  next.feed({ kind: "bans", kept });
  expect(standing(next)).toEqual([["source", "2001:db8:1:2::/64", "by-hand"]]);
  // It goes on, and does not begin anew: who looks at it sees when it began.
  expect(next.core.bans(next.now)).toEqual(kept);
  next.advance(50_001);
  expect(standing(next)).toEqual([]);
});

test("lifting by an address within a network names the ban as it began, so that no restart brings it back", () => {
  const world = new EdgeWorld();
  world.feed({ kind: "ban", label: "2001:db8:1:2::7", forMs: 60_000 });
  world.feed({ kind: "unban", label: "2001:db8:1:2::9" });
  expect(standing(world)).toEqual([]);
  const lifted = world.outputs.flatMap((output) => (output.kind === "ban-lifted" ? [output.ban] : []));
  expect(lifted).toMatchObject([{ kind: "source", label: "2001:db8:1:2::/64" }]);
});
