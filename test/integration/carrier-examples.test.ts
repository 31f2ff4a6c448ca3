/** Calls through the example of each carrier: what the carrier gets is what it documents, and the PBX gets one form. */
import { readFileSync } from "node:fs";
import type { Flow } from "@ringfence/edge";
import type { Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { branch, inviteLines, offer, replyLines } from "../support/sip-script.ts";

const folder = new URL("../../deploy/examples/carriers/", import.meta.url);

function worldOf(name: string): EdgeWorld {
  return new EdgeWorld("", { file: readFileSync(new URL(`${name}.yaml`, folder), "utf8") });
}

/** The PBX dials; the flow and the INVITE that leave for the carrier. */
function dialled(world: EdgeWorld, number: string, caller: string): { readonly flow: Flow; readonly message: Request } {
  const pbx = world.pbx("trunks");
  const from = `<sip:${caller}@10.0.0.5>`;
  const lines = inviteLines(pbx, { to: `sip:${number}@10.0.0.3`, from, callId: branch() });
  pbx.send([...lines, "Content-Type: application/sdp"], offer);
  pbx.response(100);
  const sent = world.sent.at(-1);
  if (sent?.message.kind !== "request" || sent.message.method !== "INVITE") throw new Error("nobody was called");
  return { flow: sent.flow, message: sent.message };
}

const usCaller = "+15550100123";

/** Dialled at the PBX, by whom; request line, From and asserted identity at the carrier; socket and transport. */
const out: readonly (readonly [string, string, string, string, string, string | null, string])[] = [
  [
    "twilio",
    "12065550123",
    usCaller,
    "sip:+12065550123@example.pstn.twilio.com",
    "+15550100123",
    "<sip:+15550100123@203.0.113.10>",
    "tls 5071",
  ],
  [
    "telnyx",
    "011442079460000",
    usCaller,
    "sip:+442079460000@sip.telnyx.com",
    "+15550100123",
    "<sip:+15550100123@203.0.113.10>",
    "tls 5071",
  ],
  [
    "bandwidth",
    "12065550123",
    usCaller,
    "sip:+12065550123@192.0.2.2",
    "+15550100123",
    "<sip:+15550100123@203.0.113.10>",
    "tls 5071",
  ],
  ["bandwidth", "911", usCaller, "sip:911@192.0.2.31", "+15550100123", "<sip:+15550100123@203.0.113.10>", "udp 5072"],
  [
    "flowroute",
    "12065550123",
    usCaller,
    "sip:12345678*+12065550123@us-west-or.sip.flowroute.com",
    "+15550100123",
    "<sip:+15550100123@203.0.113.10>",
    "udp 5071",
  ],
  ["voip-ms", "+12065550123", usCaller, "sip:12065550123@atlanta1.voip.ms", "15550100123", null, "tls 5071"],
  [
    "didww",
    "030123456",
    "+4930555100",
    "sip:+4930123456@out.didww.example",
    "+4930555100",
    "<sip:+4930555100@203.0.113.10>",
    "tcp 5071",
  ],
  [
    "vonage",
    "12065550123",
    usCaller,
    "sip:+12065550123@yourcompany.sip-us.vonage.com",
    "+15550100123",
    null,
    "tls 5071",
  ],
  ["whatsapp", "8815550199", "+15550100", "sip:8815550199@wa.meta.vc", "+15550100", null, "tls 5071"],
  [
    "exotel",
    "+912066667777",
    "+918055551234",
    "sip:02066667777@pstn.exotel.example:443",
    "08055551234",
    null,
    "tls 5071",
  ],
];

test.each(out)("%s: %s dialled by %s", (name, number, caller, target, from, identity, socket) => {
  const { flow, message } = dialled(worldOf(name), number, caller);
  expect(message.requestUri.raw).toMatch(target);
  expect(message.from.uri).toMatchObject({ user: from, host: "203.0.113.10" });
  expect(message.headers.get("P-Asserted-Identity") ?? null).toBe(identity);
  expect(`${flow.transport} ${flow.endpoint.local.port}`).toBe(socket);
  for (const { value } of message.headers) expect(value).not.toContain("10.0.0.");
});

/** What the carrier delivers, and what reaches the PBX; `null`: nothing does. */
const inbound: readonly (readonly [string, string, string | null])[] = [
  ["twilio", "+15550100123", "+15550100123"],
  ["twilio", "+15550200123", null],
  ["telnyx", "+15550100", "+15550100"],
  ["telnyx", "+15550150", null],
  ["bandwidth", "15550101234", "15550101234"],
  ["flowroute", "15550101234", "15550101234"],
  ["didww", "030555100", "030555100"],
  ["didww", "+4930556", null],
  ["vonage", "15550101234", "15550101234"],
  ["whatsapp", "+15550100", "+15550100"],
  ["exotel", "08055551234", "08055551234"],
  ["exotel", "08055561234", null],
];

test.each(inbound)("%s: a call for %s", (name, number, reached) => {
  const world = worldOf(name);
  const { flow } = dialled(world, name === "whatsapp" ? "8812345" : "+442079460000", usCaller);
  const carrier = world.on({ ...flow, id: `${flow.id}#in`, connectTo: undefined });
  const lines = inviteLines(carrier, {
    to: `sip:${number}@203.0.113.10:5071`,
    from: "<sip:+4420@c.example>",
    callId: "in",
  });
  carrier.send([...lines, "Content-Type: application/sdp"], offer);
  if (reached === null) {
    expect(carrier.response(404).message.reason).toBe("Not Found");
    return;
  }
  carrier.response(100);
  const { message } = world.pbx("trunks").request("INVITE");
  expect(message.requestUri).toMatchObject({ user: reached, host: "10.0.0.5" });
});

test("voip-ms registers for five minutes with its account, over TLS, and calls come to that registration", () => {
  const world = worldOf("voip-ms");
  const sent = world.sent[0];
  if (sent?.message.kind !== "request") throw new Error("no REGISTER");
  expect(sent.message.requestUri.raw).toBe("sip:atlanta1.voip.ms");
  expect(sent.message.headers.get("Expires")).toBe("300");
  expect(sent.flow).toMatchObject({ transport: "tls", connectTo: { serverName: "atlanta1.voip.ms" } });
  const carrier = world.on(sent.flow);
  carrier.inbox.length = 0;
  const challenge = 'WWW-Authenticate: Digest realm="atlanta1.voip.ms", nonce="n", algorithm=MD5';
  carrier.send(replyLines(sent.message, "401 Unauthorized", [challenge]));
  expect(carrier.request("REGISTER").message.headers.get("Authorization")).toContain('username="123456_ringfence"');
});

test("bandwidth's pair share the calls, and one that fails is left for the other", () => {
  const seen = new Set<string>();
  const world = worldOf("bandwidth");
  for (let i = 0; i < 24; i++) {
    seen.add(dialled(world, `+44207946${String(i).padStart(4, "0")}`, usCaller).flow.packetSource.address);
    world.advance(300);
  }
  expect([...seen].toSorted()).toEqual(["192.0.2.21", "192.0.2.22"]);
});
