import { describe, expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { registered, registerLines, replyLines } from "../support/sip-script.ts";

const challenge = 'Digest realm="myvoipapp.com", nonce="69318C2DAFCF4A208C3EC12FC949C016", algorithm=MD5, stale=true';

test("the PBX sees our Contact and none of the phone's addresses", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  phone.send(registerLines(phone));
  const { message, text } = world.pbx().request("REGISTER");
  expect(message.headers.get("Contact")).toContain("<sip:1001@10.0.0.2:5060;rf=");
  expect(message.requestUri.raw).toBe("sip:pbx.example.com");
  for (const secret of ["192.0.2.10", "reg-1001", "40000", "a-phone"]) expect(text).not.toContain(secret);
});

test("the PBX's challenge reaches the phone and its credentials reach the PBX", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  phone.send(registerLines(phone));
  const first = world.pbx().request("REGISTER");
  world.pbx().send(replyLines(first.message, "401 Unauthorized", [`WWW-Authenticate: ${challenge}`]));
  const refused = phone.response(401);
  expect(refused.message.headers.get("WWW-Authenticate")).toContain('nonce="69318C2DAFCF4A208C3EC12FC949C016"');
  expect(world.core.counts().registrations).toBe(0);

  const credentials =
    'Digest username="1001", realm="myvoipapp.com", nonce="69318C2DAFCF4A208C3EC12FC949C016", uri="sip:pbx.example.com", response="00000000000000000000000000000000", algorithm=MD5';
  phone.send(registerLines(phone, { cseq: 2, extra: [`Authorization: ${credentials}`] }));
  const second = world.pbx().request("REGISTER");
  expect(second.message.headers.get("Authorization")).toContain('response="00000000000000000000000000000000"');
  expect(second.message.callId).toBe(first.message.callId);
  expect(second.message.cseq.number).toBeGreaterThan(first.message.cseq.number);

  world.pbx().send(replyLines(second.message, "200 OK", ["Expires: 120", 'Contact: "1001"<sip:1001@10.0.0.2;ob>']));
  const accepted = phone.response(200);
  expect(accepted.message.headers.get("Contact")).toBe("<sip:1001@192.0.2.10:40000;transport=udp>;expires=120");
  expect(world.core.counts().registrations).toBe(1);
});

test("a refresh keeps one binding and shows the PBX the same Contact", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const first = registered(world, phone);
  world.advance(60_000);
  const second = registered(world, phone, { cseq: 2 });
  expect(second.headers.get("Contact")).toBe(first.headers.get("Contact"));
  expect(world.core.counts().registrations).toBe(1);
});

test("a binding ends when the PBX's time for it is over", () => {
  const world = new EdgeWorld();
  registered(world, world.phone());
  world.advance(119_000);
  expect(world.core.counts().registrations).toBe(1);
  world.advance(2_000);
  expect(world.core.counts().registrations).toBe(0);
});

test("Expires: 0 takes the binding away, and so does Contact: *", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  registered(world, phone, { cseq: 2, expires: 0 });
  expect(world.core.counts().registrations).toBe(0);
  registered(world, phone, { cseq: 3 });
  registered(world, phone, { cseq: 4, expires: 0, contact: "*" });
  expect(world.core.counts().registrations).toBe(0);
});

test("a lost TLS connection ends the binding that lived on it", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.20", 50_000, "tls");
  registered(world, phone);
  world.feed({ kind: "flow-lost", flowId: phone.flow.id });
  expect(world.core.counts().registrations).toBe(0);
});

test("a wrong password, an unknown account and an account that may not register look the same", () => {
  const answers = ["403 Forbidden", "404 Not Found", "410 Gone"].map((status) => {
    const world = new EdgeWorld();
    const phone = world.phone();
    phone.send(registerLines(phone));
    world.pbx().send(replyLines(world.pbx().request("REGISTER").message, status));
    return phone.next().text.replaceAll(/(branch|tag)=[^;\r]*/g, "");
  });
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain("SIP/2.0 403");
});

test("registering another account with one's own password is refused before the PBX hears of it", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const stolen =
    'Digest username="1002", realm="myvoipapp.com", nonce="69318C2DAFCF4A208C3EC12FC949C016", uri="sip:pbx.example.com", response="00000000000000000000000000000000"';
  phone.send(registerLines(phone, { extra: [`Authorization: ${stolen}`] }));
  phone.response(403);
  expect(world.pbx().inbox).toHaveLength(0);
});

test("a PBX that does not answer is said to be unreachable, and the phone may try again later", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  phone.send(registerLines(phone));
  world.advance(21_000);
  expect(phone.response(504).message.headers.get("Retry-After")).toBe("10");
  expect(world.core.counts().pbxReachable).toBe(false);
  world.advance(50_000);
  expect(world.core.counts()).toMatchObject({
    registrations: 0,
    calls: 0,
    transactions: { server: 0, client: 0 },
    timers: 0,
  });
});

test("a wrong password is not called stale, an old nonce is", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const pbx = world.pbx();
  let cseq = 0;
  /** Registers over `nonce`; the PBX challenges with `next`, as it always does, with stale=true. */
  const challenged = (nonce: string | undefined, next: string): string => {
    const credentials = `Digest username="1001", realm="r", nonce="${nonce}", uri="sip:pbx.example.com", response="00000000000000000000000000000000"`;
    phone.send(
      registerLines(phone, { cseq: ++cseq, extra: nonce === undefined ? [] : [`Authorization: ${credentials}`] }),
    );
    const quirk = `WWW-Authenticate: Digest realm="r", nonce="${next}", algorithm=MD5, stale=true`;
    pbx.send(replyLines(pbx.request("REGISTER").message, "401 Unauthorized", [quirk]));
    return phone.response(401).message.headers.get("WWW-Authenticate") ?? "";
  };
  expect(challenged(undefined, "N1")).not.toContain("stale=true");
  expect(challenged("N1", "N2")).not.toContain("stale=true");
  const good = `Digest username="1001", realm="r", nonce="N2", uri="sip:pbx.example.com", response="00000000000000000000000000000000"`;
  registered(world, phone, { cseq: ++cseq, extra: [`Authorization: ${good}`] });
  expect(challenged("N2", "N3")).toContain("stale=true");
});

test("requests that overlap are challenged each, and a password over any of these challenges reaches the PBX", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const pbx = world.pbx();
  const challenged = (callId: string, nonce: string): void => {
    phone.send(registerLines(phone, { callId }));
    const quirk = `WWW-Authenticate: Digest realm="r", nonce="${nonce}", algorithm=MD5`;
    pbx.send(replyLines(pbx.request("REGISTER").message, "401 Unauthorized", [quirk]));
    phone.response(401);
  };
  challenged("one", "N1");
  challenged("two", "N2");
  for (const [callId, nonce] of [
    ["one", "N1"],
    ["two", "N2"],
  ] as const) {
    const proof = `Digest username="1001", realm="r", nonce="${nonce}", uri="sip:pbx.example.com", response="00000000000000000000000000000000"`;
    phone.send(registerLines(phone, { callId, cseq: 2, extra: [`Authorization: ${proof}`] }));
    const { message } = pbx.request("REGISTER");
    expect(message.headers.get("Authorization")).toContain(`nonce="${nonce}"`);
    pbx.send(
      replyLines(message, "401 Unauthorized", [`WWW-Authenticate: Digest realm="r", nonce="N3", algorithm=MD5`]),
    );
    phone.response(401);
  }
});

describe("registrations of one contact that are pending together are one binding (RFC 3261 section 10.3)", () => {
  const contacts = (world: EdgeWorld) =>
    world.sent.filter(({ text }) => text.startsWith("REGISTER")).map((s) => s.message.headers.get("Contact"));
  const accept = (world: EdgeWorld, count: number) => {
    for (let i = 0; i < count; i++) {
      const { message } = world.pbx().request("REGISTER");
      world.pbx().send(replyLines(message, "200 OK", ["Expires: 120"]));
    }
  };

  test("whatever Call-ID each has", () => {
    const world = new EdgeWorld();
    const phone = world.phone();
    phone.send(registerLines(phone, { callId: "before-the-phone-restarted" }));
    phone.send(registerLines(phone, { callId: "after" }));
    accept(world, 2);
    expect([new Set(contacts(world)).size, world.core.counts().registrations]).toEqual([1, 1]);
    // The second was answered with the one contact that there is.
    phone.response(200);
    expect(phone.response(200).message.headers.all("Contact")).toHaveLength(1);
  });

  test("and a contact that one REGISTER names twice is one", () => {
    const world = new EdgeWorld();
    const phone = world.phone();
    const contact = "<sip:1001@192.0.2.10:40000>, <sip:1001@192.0.2.10:40000>";
    registered(world, phone, { contact });
    expect(world.core.counts().registrations).toBe(1);
  });

  test("another contact, and the same contact of another account, are bindings of their own", () => {
    const world = new EdgeWorld();
    const phone = world.phone();
    const contact = "<sip:phone@192.0.2.10:40000>";
    phone.send(registerLines(phone, { callId: "one", contact }));
    phone.send(registerLines(phone, { callId: "two", contact: "<sip:phone@192.0.2.10:40002>" }));
    phone.send(registerLines(phone, { callId: "three", contact, user: "1002" }));
    accept(world, 3);
    expect([new Set(contacts(world)).size, world.core.counts().registrations]).toEqual([3, 3]);
  });

  test("what the PBX refused is not known afterwards: the next REGISTER stands for itself", () => {
    const world = new EdgeWorld();
    const phone = world.phone();
    phone.send(registerLines(phone, { callId: "one" }));
    world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "403 Forbidden"));
    world.advance(40_000);
    phone.send(registerLines(phone, { callId: "two" }));
    accept(world, 1);
    expect(new Set(contacts(world)).size).toBe(2);
    world.advance(200_000);
    expect(world.core.counts()).toMatchObject({ registrations: 0, timers: 0 });
  });
});

test("RFC 5626 section 6: two phones with one private Contact are two bindings when their instances say so", () => {
  const world = new EdgeWorld();
  for (const [place, digit] of ["8", "9"].entries()) {
    const phone = world.phone(`192.0.2.${20 + place}`, 50_001, "tls");
    const instance = `+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E12${digit}>"`;
    const contact = `<sip:1001@192.168.1.5:50000;transport=tls>;${instance};reg-id=1`;
    registered(world, phone, { contact, callId: `call-${digit}`, extra: ["Supported: path, outbound"] });
  }
  expect(world.core.counts().registrations).toBe(2);
});
