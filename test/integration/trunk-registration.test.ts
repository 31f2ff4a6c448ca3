import { parseCredentials, type Request, verifyDigest } from "@ringfence/sip";
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer, replyLines } from "../support/sip-script.ts";

const trunk = (more = "", uri = "sip:198.51.100.7") => `
  - name: carrier
    mode: register
    hosts: [{ uri: "${uri}" }]
    credentials: { user: "4930777", password: { env: X }, realm: carrier.example }
${more}
`;
const challenge = (status = 401, realm = "carrier.example", more = "") => [
  `${status === 401 ? "WWW" : "Proxy"}-Authenticate: Digest realm="${realm}", nonce="n-${status}", algorithm=MD5, qop="auth"${more}`,
];
const contactOf = (request: Request) => request.headers.get("Contact")?.split(">")[0]?.slice(1) ?? "";

function proves(request: Request, password = "password-of-carrier"): boolean {
  const credentials = parseCredentials(request.headers.get("Authorization") ?? "");
  return (
    credentials !== undefined &&
    verifyDigest(credentials, { secret: { kind: "password", password }, method: request.method })
  );
}

/** Registered; the REGISTER that was accepted. */
function registeredWith(world: EdgeWorld, expires = 300): Request {
  const carrier = world.carrier();
  world.advance(0);
  carrier.send(replyLines(carrier.request("REGISTER").message, "401 Unauthorized", challenge()));
  const { message } = carrier.request("REGISTER");
  carrier.send(replyLines(message, "200 OK", [`Contact: <${contactOf(message)}>;expires=${expires}`]));
  return message;
}

test("we register with the carrier, answer its challenge with the next CSeq, and refresh in time", () => {
  const world = new EdgeWorld("", { trunks: trunk() });
  const carrier = world.carrier();
  world.advance(0);
  const first = carrier.request("REGISTER").message;
  expect(first.requestUri.raw).toBe("sip:198.51.100.7");
  expect(first.headers.has("Authorization")).toBe(false);
  carrier.send(replyLines(first, "401 Unauthorized", challenge()));
  const second = carrier.request("REGISTER").message;
  expect([second.callId, second.cseq.number]).toEqual([first.callId, first.cseq.number + 1]);
  expect(proves(second)).toBe(true);
  carrier.send(replyLines(second, "200 OK", [`Contact: <${contactOf(second)}>;expires=300`]));
  expect(world.core.trunks()[0]?.registration).toEqual({ state: "registered", reason: undefined });
  world.advance(209_000);
  expect(carrier.inbox).toEqual([]);
  world.advance(2_000);
  const refresh = carrier.request("REGISTER").message;
  expect([refresh.callId, contactOf(refresh)]).toEqual([first.callId, contactOf(first)]);
  expect(refresh.cseq.number).toBeGreaterThan(second.cseq.number);
});

test("423 raises what we ask for", () => {
  const world = new EdgeWorld("", { trunks: trunk("    registration: { expires: 60s }") });
  const carrier = world.carrier();
  world.advance(0);
  const first = carrier.request("REGISTER").message;
  expect(first.headers.get("Expires")).toBe("60");
  carrier.send(replyLines(first, "423 Interval Too Brief", ["Min-Expires: 600"]));
  const second = carrier.request("REGISTER").message;
  expect(second.headers.get("Expires")).toBe("600");
  expect(second.headers.get("Contact")).toMatch(/;expires=600$/);
});

test("a wrong password is tried once, then with growing patience: the carrier must not lock the account", () => {
  const world = new EdgeWorld("", { trunks: trunk() });
  const carrier = world.carrier();
  world.advance(0);
  for (let i = 0; i < 2; i++) {
    carrier.send(replyLines(carrier.request("REGISTER").message, "401 Unauthorized", challenge()));
  }
  expect(carrier.inbox).toEqual([]);
  expect(world.core.trunks()[0]?.registration).toEqual({ state: "failed", reason: "401" });
  const times: number[] = [];
  for (let i = 0; i < 4; i++) {
    while (carrier.inbox.length === 0) world.advance(1_000);
    times.push(world.now);
    const { message } = carrier.request("REGISTER");
    carrier.inbox.length = 0;
    carrier.send(replyLines(message, "403 Forbidden"));
  }
  const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  expect(waits[0]).toBeGreaterThan(29_000);
  expect(waits[2]).toBeGreaterThan((waits[0] ?? 0) * 1.5);
});

test("a nonce that had become stale is answered once more", () => {
  const world = new EdgeWorld("", { trunks: trunk() });
  const carrier = world.carrier();
  world.advance(0);
  carrier.send(replyLines(carrier.request("REGISTER").message, "401 Unauthorized", challenge()));
  const stale = challenge(401, "carrier.example", ", stale=true");
  carrier.send(replyLines(carrier.request("REGISTER").message, "401 Unauthorized", stale));
  expect(proves(carrier.request("REGISTER").message)).toBe(true);
});

test("a registrar that is silent is given up for the next host", () => {
  const hosts = `
  - name: carrier
    mode: register
    hosts: [{ uri: "sip:198.51.100.7", priority: 1 }, { uri: "sip:198.51.100.8", priority: 2 }]
    credentials: { user: u, password: { env: X } }
`;
  const world = new EdgeWorld("", { trunks: hosts });
  world.advance(0);
  world.carrier().request("REGISTER");
  world.advance(10_000);
  world.carrier("198.51.100.8").request("REGISTER");
});

test("a call to the registered Contact is the trunk's, and its number is the one in To", () => {
  const world = new EdgeWorld("", { trunks: trunk('    inbound: { did: ["+4930777*"] }') });
  const contact = contactOf(registeredWith(world));
  const carrier = world.carrier();
  const lines = inviteLines(carrier, { to: contact, from: "<sip:+49170@carrier.example>", callId: "in" });
  carrier.send(
    [
      ...lines.map((l) => (l.startsWith("To:") ? "To: <sip:+4930777123@carrier.example>" : l)),
      "Content-Type: application/sdp",
    ],
    offer,
  );
  carrier.response(100);
  const { message } = world.pbx("trunks").request("INVITE");
  expect(message.requestUri).toMatchObject({ user: "+4930777123", host: "10.0.0.5" });
});

test("with several accounts at one carrier the Contact says whose call it is, and nobody else's may be named", () => {
  const account = (name: string) => `
  - name: ${name}
    mode: register
    hosts: [{ uri: "sip:198.51.100.7" }]
    credentials: { user: ${name}, password: { env: X } }
    inbound: { did: ["${name === "one" ? "1" : "2"}??"] }
`;
  const world = new EdgeWorld("", { trunks: account("one") + account("two") });
  world.advance(0);
  const carrier = world.carrier("198.51.100.7", "one");
  const contacts = [carrier.request("REGISTER"), carrier.request("REGISTER")].map(({ message }) => contactOf(message));
  const call = (contact: string, to: string) => {
    const lines = inviteLines(carrier, { to: contact, callId: `${to}-${contact}` });
    carrier.send(
      [...lines.map((l) => (l.startsWith("To:") ? `To: <sip:${to}@c.example>` : l)), "Content-Type: application/sdp"],
      offer,
    );
    return carrier.next().text.slice(8, 11);
  };
  expect(call(contacts[1] ?? "", "222")).toBe("100");
  expect(call(contacts[0] ?? "", "222")).not.toBe("100");
  expect(call("sip:two@203.0.113.1;rf=0123456789abcdef", "222")).not.toBe("100");
});

test("a challenge to our INVITE is answered with a new INVITE, and the PBX notices nothing", () => {
  const world = new EdgeWorld("", { trunks: trunk("", "sip:198.51.100.7").replace("mode: register", "mode: peer") });
  const pbx = world.pbx("trunks");
  pbx.send([...inviteLines(pbx, { to: "sip:+4930123@10.0.0.3" }), "Content-Type: application/sdp"], offer);
  pbx.response(100);
  const carrier = world.carrier();
  const first = carrier.request("INVITE").message;
  carrier.send(replyLines(first, "407 Proxy Authentication Required", challenge(407)));
  carrier.request("ACK");
  const again = carrier.request("INVITE").message;
  expect([again.callId, again.cseq.number, again.via.branch === first.via.branch]).toEqual([
    first.callId,
    first.cseq.number + 1,
    false,
  ]);
  expect(Buffer.from(again.body)).toEqual(Buffer.from(first.body));
  const credentials = parseCredentials(again.headers.get("Proxy-Authorization") ?? "");
  expect(credentials).toMatchObject({ username: "4930777", realm: "carrier.example", uri: again.requestUri.raw });
  expect(pbx.inbox).toEqual([]);
  carrier.send(replyLines(again, "486 Busy Here"));
  pbx.response(486);
});

/** The carrier is silent until its host counts as down and the waits between tries have grown. */
function silentCarrier() {
  const world = new EdgeWorld("", { trunks: trunk("    keepalive: 10s") });
  const carrier = world.carrier();
  world.advance(200_000);
  expect(world.core.trunks()[0]?.registration).toEqual({ state: "failed", reason: "silent" });
  const seen = new Set<number>();
  /** Answers every OPTIONS, and nothing else, for so long; how many new REGISTERs came. */
  const pinged = (milliseconds: number): number => {
    const before = seen.size;
    for (let passed = 0; passed < milliseconds; passed += 500) {
      carrier.inbox.length = 0;
      world.advance(500);
      for (const { message } of carrier.inbox.splice(0)) {
        if (message.kind !== "request") continue;
        if (message.method === "REGISTER") seen.add(message.cseq.number);
        else carrier.send(replyLines(message, "200 OK"));
      }
    }
    return seen.size - before;
  };
  return { world, pinged };
}

test("a registration that met silence is tried again within two seconds of its host being seen up", () => {
  const { world, pinged } = silentCarrier();
  const hostUp = () => world.events("trunk").some(({ reason }) => reason === "host-up");
  while (!hostUp()) pinged(500);
  expect(pinged(2_500)).toBe(1);
});
