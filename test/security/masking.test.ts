/**
 * A number, a name, an address, a password and an SRTP key are planted wherever a peer may write something; then every output is
 * searched for them. What `logs.mask` hides is hidden in each output alike; secrets are hidden always.
 */
import { expect, test } from "vitest";
import type { MaskLevel } from "../../packages/appliance/src/logs/mask.ts";
import { callUp, phoneDialog } from "../support/call-up.ts";
import { edgeWorld, prove } from "../support/edge-accounts.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { everyOutput, written } from "../support/every-output.ts";
import { inDialogLines, inviteLines, offer, registered, registerLines, replyLines } from "../support/sip-script.ts";

const number = "+4930987654321";
const digits = number.slice(3);
const name = "annabelle";
const address = "192.0.2.77";
const key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const password = "correct horse battery";
const typed = "hunter2-hunter2";
const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}\r\n`;
const planted = `"${name}" <sip:${number}@${address}>;password=${typed};${crypto.trimEnd()}`;

const said: Readonly<Record<string, string>> = {
  number: digits,
  name,
  address,
  key: key.slice(0, 16),
  password,
  typed,
};
const hidden: readonly (readonly [MaskLevel, readonly string[]])[] = [
  ["off", ["key", "password", "typed"]],
  ["numbers", ["key", "password", "typed", "number"]],
  ["users", ["key", "password", "typed", "number", "name"]],
  ["addresses", ["key", "password", "typed", "number", "name", "address"]],
];
/** Who may read these may read all of it: they are for the one who has to find out, and hold no secrets. */
const forInquiry = ["decisions", "bans", "status"];

/** Calls: let through, answered, hung up, refused by the PBX in its own words, and refused by a rule. */
function calls(): EdgeWorld {
  const rules = 'policy: { destinations: [{ prefix: "+49309", action: reject }, { action: allow }] }';
  const world = new EdgeWorld(rules);
  const { phone, pbx, ok } = callUp(world, [`X-Said: ${planted}`]);
  const sdp = "Content-Type: application/sdp";
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 11), [`Reason: SIP;cause=200;text="${number} ${key}"`]));
  const said = [`Subject: ${planted}`, `User-Agent: ${planted}`, sdp];
  for (const [place, to] of [
    `sip:${digits}@pbx.example.com`,
    `sip:0${digits}@pbx.example.com`,
    `tel:${number}`,
  ].entries())
    phone.send(
      inviteLines(phone, {
        to,
        from: `"${name}" <sip:1001@pbx.example.com>`,
        callId: `${place}${number}`,
        extra: said,
      }),
      offer + crypto,
    );
  phone.send(inviteLines(phone, { to: "sip:601@pbx.example.com", callId: "busy", extra: said }), offer + crypto);
  const busy = pbx.inbox.map(({ message }) => message).filter((message) => message.kind === "request");
  for (const request of busy)
    if (request.method === "INVITE") pbx.send(replyLines(request, `486 Busy ${number} inline:${key}`));
  phone.send(inviteLines(phone, { to: "sip:602@pbx.example.com", callId: "late", extra: said }), offer + crypto);
  world.advance(200_000);
  return world;
}

/** Registrations: taken, moved, gone, of an account with that name; guessed at; and messages that cannot be read. */
function registrations(): EdgeWorld {
  const world = new EdgeWorld();
  const at = world.phone(address, 40_000);
  registered(world, at, {
    user: name,
    contact: `"${number}" <sip:${name}@${address}:40000>`,
    extra: [`X-Said: ${planted}`],
  });
  registered(world, world.phone(address, 40_001), { user: name, callId: number, extra: [`X-Said: ${planted}`] });
  at.send(registerLines(at).map((line) => line.replace("From: <sip:1001@", `From: <sip:${number}@`)));
  at.send(
    inviteLines(at, { to: `sip:${number}@elsewhere.example`, from: `"x" <sip:${name}@elsewhere.example>` }),
    crypto,
  );
  const broken = `INVITE sip:${number}@x SIP/2.0\r\nVia: ${planted}\r\nFrom: ${planted}\r\nTo: ${planted}\r\nCall-ID: ${key}\r\n`;
  for (const tail of ["\r\n", "CSeq: x INVITE\r\n\r\n", `CSeq: 1 INVITE\r\nContent-Length: 9\r\n\r\n${crypto}`])
    at.sendRaw(Buffer.from(broken + tail, "latin1"));
  world.advance(1_000_000);
  return world;
}

function guesses(): EdgeWorld {
  const world = edgeWorld();
  const phone = world.phone(address, 40_000, "tls");
  for (let cseq = 1; cseq <= 7; cseq++) prove(phone, { cseq, extra: [`X-Said: ${planted}`] }, { password: typed });
  return world;
}

test.each(hidden)(
  "with mask %s no output of calls, registrations, refusals and guesses holds %j",
  async (mask, what) => {
    for (const make of [calls, registrations, guesses]) {
      for (const [output, text] of await everyOutput(make(), mask)) {
        const looked = forInquiry.includes(output)
          ? what.filter((one) => ["key", "password", "typed"].includes(one))
          : what;
        const found = looked.filter((one) => text.toLowerCase().includes((said[one] ?? "?").toLowerCase()));
        expect({ world: make.name, output, found }).toEqual({ world: make.name, output, found: [] });
      }
    }
  },
);

test("what is looked for is there when nothing hides it: the search finds what it should", async () => {
  const outputs = await everyOutput(calls(), "off");
  for (const output of ["standard output", "file", "rfc5424", "cef"]) expect(outputs.get(output)).toContain(digits);
  const others = await everyOutput(registrations(), "off");
  for (const output of ["standard output", "file", "rfc5424", "cef"]) {
    expect(others.get(output)).toContain(name);
    expect(others.get(output)).toContain(address);
  }
});

test.each(hidden)("with mask %s a fault of ours shows the message it is about without %j", async (mask, what) => {
  const message = Buffer.from(
    `INVITE sip:${number}@${address} SIP/2.0\r\nFrom: ${planted}\r\nAuthorization: Digest username="${name}", response="${key}"\r\n\r\n${crypto}`,
    "latin1",
  );
  const texts = await written(mask, (log) =>
    log.line("error", { event: "bug", detail: new Error(`cannot read ${planted}`), bytes: message }),
  );
  for (const [output, text] of texts) {
    const found = what.filter((one) => text.toLowerCase().includes((said[one] ?? "?").toLowerCase()));
    expect({ output, found }).toEqual({ output, found: [] });
    expect(text).toContain("SIP/2.0");
  }
});
