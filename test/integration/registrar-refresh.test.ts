import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { type RegisterOptions, registerLines, replyLines } from "../support/sip-script.ts";

const newWorld = (phones = ""): EdgeWorld => new EdgeWorld("", { phones });

/** Registers through a PBX that grants `granted` seconds, or what it was asked for. */
function register(world: EdgeWorld, phone: Party, o: RegisterOptions = {}, granted?: number) {
  phone.send(registerLines(phone, o));
  const { message } = world.pbx().request("REGISTER");
  world.pbx().send(replyLines(message, "200 OK", granted === undefined ? [] : [`Expires: ${granted}`]));
  return { asked: message, answer: phone.response(200).message };
}

/** What the phone gets for a REGISTER that nobody but Ringfence answers; undefined when the PBX was asked. */
function refresh(world: EdgeWorld, phone: Party, o: RegisterOptions) {
  phone.send(registerLines(phone, o));
  return world.pbx().inbox.length === 0 ? phone.response(200).message : undefined;
}

const contactAt = (phone: Party): string =>
  `<sip:1001@${phone.flow.packetSource.address}:40000;transport=udp>;expires=60`;

test("the PBX sees one REGISTER in its time while the phone refreshes every minute", () => {
  const world = newWorld();
  const phone = world.phone();
  const first = register(world, phone);
  expect(first.asked.headers.get("Expires")).toBe("3600");
  expect(first.answer.headers.get("Contact")).toBe(contactAt(phone));
  let cseq = 1;
  let answered = 0;
  for (let minute = 0; minute < 71; minute++) {
    world.advance(50_000);
    if (refresh(world, phone, { cseq: ++cseq })?.headers.get("Contact") === contactAt(phone)) answered++;
  }
  // The last one is for the PBX again: its hour is nearly over.
  expect(answered).toBe(70);
  expect(world.pbx().inbox).toHaveLength(1);
  expect(world.core.counts().registrations).toBe(1);
});

test("the PBX's shorter time counts: the phone is asked for its password before it is over", () => {
  const world = newWorld();
  const phone = world.phone();
  register(world, phone, {}, 120);
  world.advance(50_000);
  expect(refresh(world, phone, { cseq: 2 })).toBeDefined();
  world.advance(50_000);
  expect(refresh(world, phone, { cseq: 3 })).toBeUndefined();
});

test("an absorbed refresh leaves no transaction and no timer, and its repetition gets the same answer", () => {
  const world = newWorld();
  const phone = world.phone();
  register(world, phone);
  world.advance(40_000);
  const before = world.core.counts();
  const lines = registerLines(phone, { cseq: 2 });
  phone.send(lines);
  phone.send(lines);
  expect(world.core.counts()).toEqual(before);
  expect(phone.response(200).text).toBe(phone.response(200).text);
  world.advance(59_000);
  expect(world.core.counts().registrations).toBe(1);
  world.advance(1_500);
  expect(world.core.counts()).toMatchObject({ registrations: 0, timers: 0 });
});

test.each([
  ["another source port", (w: EdgeWorld) => w.phone("192.0.2.10", 40_001), {}],
  ["another address", (w: EdgeWorld) => w.phone("192.0.2.66", 40_000), {}],
  ["another contact", (w: EdgeWorld) => w.phone(), { contact: "<sip:1001@192.0.2.10:40009>" }],
  ["one contact more", (w: EdgeWorld) => w.phone(), { extra: ["Contact: <sip:1001@192.0.2.11>"] }],
  ["another Call-ID, as a forger has", (w: EdgeWorld) => w.phone(), { callId: "guessed" }],
  ["an older sequence number", (w: EdgeWorld) => w.phone(), { cseq: 1 }],
  ["another account on the same flow", (w: EdgeWorld) => w.phone(), { user: "1002", callId: "reg-1001@192.0.2.10" }],
  ["an end", (w: EdgeWorld) => w.phone(), { expires: 0 }],
])("a REGISTER with %s is not absorbed", (_what, from, change) => {
  const world = newWorld();
  register(world, world.phone(), { cseq: 5 });
  const phone = from(world);
  const contact = "<sip:1001@192.0.2.10:40000;transport=udp>";
  expect(refresh(world, phone, { contact, cseq: 6, ...change })).toBeUndefined();
});

test("a REGISTER of somebody else over a phone's flow is not absorbed", () => {
  const world = newWorld();
  const phone = world.phone();
  register(world, phone);
  const lines = registerLines(phone, { cseq: 2 }).map((line) => line.replace("From: <sip:1001@", "From: <sip:1002@"));
  phone.send(lines);
  phone.response(403);
});

test("two phones of one account refresh each on its own flow and both are listed", () => {
  const world = newWorld();
  const one = world.phone("192.0.2.10");
  const two = world.phone("192.0.2.20");
  register(world, one, { callId: "one" });
  register(world, two, { callId: "two" });
  world.advance(30_000);
  const answer = refresh(world, one, { callId: "one", cseq: 2 });
  expect(answer?.headers.all("Contact")).toEqual([contactAt(one), contactAt(two).replace("=60", "=30")]);
  world.advance(31_000);
  // Two did not come back: only one is left.
  const later = refresh(world, one, { callId: "one", cseq: 3 });
  expect(later?.headers.all("Contact")).toEqual([contactAt(one)]);
});

test("after a lost connection the phone proves itself again, and the PBX keeps the Contact it knows", () => {
  const world = newWorld();
  const contact = '<sip:1001@192.0.2.10:50000;transport=tls>;+sip.instance="<urn:uuid:1>"';
  const first = register(world, world.phone("192.0.2.10", 50_000, "tls"), { contact });
  expect(first.answer.headers.get("Contact")).toContain("expires=300");
  world.feed({ kind: "flow-lost", flowId: world.phone("192.0.2.10", 50_000, "tls").flow.id });
  expect(world.core.counts().registrations).toBe(0);
  const second = register(world, world.phone("192.0.2.10", 50_001, "tls"), { contact, cseq: 2 });
  expect(second.asked.headers.get("Contact")).toBe(first.asked.headers.get("Contact"));
});

test("a PBX that comes back from a silence sees each phone's next refresh", () => {
  const world = newWorld();
  const phone = world.phone();
  const other = world.phone("192.0.2.20");
  register(world, phone);
  other.send(registerLines(other, { user: "1002" }));
  world.advance(21_000);
  expect(world.core.counts().pbxReachable).toBe(false);
  // While it is away the phone stays registered here.
  world.pbx().inbox.length = 0;
  expect(refresh(world, phone, { cseq: 2 })).toBeDefined();
  other.response(504);
  // Nobody asks it by OPTIONS here: after a minute a request may find out.
  world.advance(60_000);
  world.pbx().inbox.length = 0;
  register(world, other, { user: "1002", cseq: 2 });
  expect(refresh(world, phone, { cseq: 3 })).toBeUndefined();
});

test("phone_expires and pbx_expires are what phone and PBX get", () => {
  const world = newWorld("registration: { phone_expires: 90s, pbx_expires: 30m }");
  const phone = world.phone();
  const { asked, answer } = register(world, phone);
  expect(asked.headers.get("Contact")).toContain(";expires=1800");
  expect(answer.headers.get("Contact")).toContain(";expires=90");
});
