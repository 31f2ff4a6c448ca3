import type { Request } from "@ringfence/sip";
import { describe, expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { answer, heldOffer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const trunks = `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7" }]
    credentials: { user: me, password: { env: X }, realm: carrier.example }
  - name: other
    hosts: [{ uri: "sip:198.51.100.9" }]
    credentials: { user: me-too, password: { env: Y }, realm: other.example }
    numbers: { prefix: ["+1"] }
`;

const realms = [
  "carrier.example",
  "other.example",
  "pbx.example.com",
  "myvoipapp.com",
  "",
  "Carrier.example",
  "carrier.example.",
];
const kinds = [
  ["401 Unauthorized", "WWW-Authenticate"],
  ["407 Proxy Authentication Required", "Proxy-Authenticate"],
] as const;
const challenges = realms.flatMap((realm) => kinds.map(([status, header]) => ({ realm, status, header })));
const challengeLine = (header: string, realm: string) => [
  `${header}: Digest realm="${realm}", nonce="leak", qop="auth"`,
];

function leaked(world: EdgeWorld): readonly string[] {
  return world.sent.map((s) => s.text).filter((text) => /^(proxy-)?authorization:|response=/im.test(text));
}

interface Up {
  readonly world: EdgeWorld;
  readonly pbx: Party;
  readonly carrier: Party;
  readonly invite: Request;
  readonly toPbx: string;
}

/** The PBX called a carrier's customer, who has answered and now turns hostile. */
function answeredByAttacker(): Up {
  const world = new EdgeWorld("", { trunks: trunks });
  const pbx = world.pbx("trunks");
  pbx.send([...inviteLines(pbx, { to: "sip:+4930123@10.0.0.3" }), "Content-Type: application/sdp"], offer);
  pbx.response(100);
  const carrier = world.carrier();
  const invite = carrier.request("INVITE").message;
  carrier.send(
    [...replyLines(invite, "200 OK", ["Contact: <sip:evil@198.51.100.7>"]), "Content-Type: application/sdp"],
    answer,
  );
  carrier.request("ACK");
  const toPbx = pbx.response(200).message.headers.get("To") ?? "";
  const dialog = {
    target: "sip:+4930123@10.0.0.3",
    from: `<sip:1001@pbx.example.com>;tag=caller`,
    to: toPbx,
    callId: "call-of-the-phone",
    cseq: 10,
  };
  pbx.send(inDialogLines(pbx, "ACK", dialog));
  return { world, pbx, carrier, invite, toPbx };
}

describe.each(challenges)("$status of realm '$realm'", ({ realm, status, header }) => {
  test.each(["BYE", "INVITE", "UPDATE", "INFO", "OPTIONS"])(
    "threat L4: a challenged %s inside a call is not answered",
    (method) => {
      const { world, pbx, carrier, toPbx } = answeredByAttacker();
      const dialog = {
        target: "sip:+4930123@10.0.0.3",
        from: `<sip:1001@pbx.example.com>;tag=caller`,
        to: toPbx,
        callId: "call-of-the-phone",
        cseq: 11,
      };
      const offers = method === "INVITE" || method === "UPDATE";
      const extra = offers ? ["Contact: <sip:1001@10.0.0.5>", "Content-Type: application/sdp"] : [];
      pbx.send(inDialogLines(pbx, method, dialog, extra), offers ? heldOffer : "");
      const request = carrier.request(method).message;
      carrier.send(replyLines(request, status, challengeLine(header, realm)));
      world.advance(40_000);
      expect(leaked(world)).toEqual([]);
      for (const { text } of pbx.inbox) expect(text).not.toContain("leak");
    },
  );
});

test.each(challenges.filter(({ realm }) => realm !== "carrier.example"))(
  "threat L4: an INVITE challenged with $status for realm '$realm' is not answered, and the PBX learns nothing of it",
  ({ realm, status, header }) => {
    const world = new EdgeWorld("", { trunks: trunks });
    const pbx = world.pbx("trunks");
    pbx.send([...inviteLines(pbx, { to: "sip:+4930123@10.0.0.3" }), "Content-Type: application/sdp"], offer);
    pbx.response(100);
    const carrier = world.carrier();
    carrier.send(replyLines(carrier.request("INVITE").message, status, challengeLine(header, realm)));
    carrier.request("ACK");
    const { text } = pbx.response(403);
    expect(text).not.toContain("leak");
    expect(leaked(world)).toEqual([]);
  },
);

test("threat L4: the answer to a carrier's challenge goes to the host that asked, and nowhere else", () => {
  const world = new EdgeWorld("", { trunks: trunks });
  const pbx = world.pbx("trunks");
  pbx.send([...inviteLines(pbx, { to: "sip:+4930123@10.0.0.3" }), "Content-Type: application/sdp"], offer);
  pbx.response(100);
  const carrier = world.carrier();
  const first = carrier.request("INVITE").message;
  const evil = world.carrier("198.51.100.9", "other");
  // The other carrier guesses the branch: an answer from elsewhere is none.
  evil.send(replyLines(first, "401 Unauthorized", challengeLine("WWW-Authenticate", "carrier.example")));
  expect(leaked(world)).toEqual([]);
  carrier.send(replyLines(first, "401 Unauthorized", challengeLine("WWW-Authenticate", "carrier.example")));
  const holders = world.sent.filter((s) => s.text.includes("Authorization:"));
  expect(holders.map((s) => s.flow.packetSource.address)).toEqual(["198.51.100.7"]);
  expect(holders[0]?.text).not.toContain("password-of");
});

test("threat L4: a carrier's challenge does not cross to a phone, nor a phone's credentials to a carrier", () => {
  const world = new EdgeWorld("", { trunks: trunks });
  const phone = world.phone();
  registered(world, phone);
  const digest =
    'Authorization: Digest username="1001", realm="carrier.example", nonce="n", uri="sip:x", response="0123456789abcdef0123456789abcdef"';
  const pbx = world.pbx("trunks");
  pbx.send(
    [...inviteLines(pbx, { to: "sip:+4930123@10.0.0.3", extra: [digest] }), "Content-Type: application/sdp"],
    offer,
  );
  pbx.response(100);
  const carrier = world.carrier();
  const { message, text } = carrier.request("INVITE");
  expect(text).not.toContain("0123456789abcdef0123456789abcdef");
  carrier.send(replyLines(message, "401 Unauthorized", challengeLine("WWW-Authenticate", "pbx.example.com")));
  expect(pbx.response(403).message.headers.has("WWW-Authenticate")).toBe(false);
  expect(world.sent.filter((s) => s.flow.side === "phone" && s.text.includes("leak"))).toEqual([]);
});

test("threat L4: a challenged OPTIONS of our own is an answer, and is not answered", () => {
  const world = new EdgeWorld("", {
    trunks: trunks.replace("realm: carrier.example }", "realm: carrier.example }\n    keepalive: 10s"),
  });
  world.advance(0);
  const carrier = world.carrier();
  carrier.send(
    replyLines(
      carrier.request("OPTIONS").message,
      "401 Unauthorized",
      challengeLine("WWW-Authenticate", "carrier.example"),
    ),
  );
  world.advance(5_000);
  expect(leaked(world)).toEqual([]);
  expect(world.core.trunks()[0]?.hosts[0]?.state).toBe("up");
});
