/** SDP in company: what else is in a body stays here, and the call goes on (RFC 3261 §7.4, RFC 5621 §3.1). */
import type { Request, Response } from "@ringfence/sip";
import { expect, test } from "vitest";
import { callUp, phoneDialog } from "../support/call-up.ts";
import { dial } from "../support/carrier-call.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { answer, heldOffer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const mixed = 'Content-Type: multipart/mixed;boundary="a boundary"';
const location = "Content-Type: application/pidf+xml\r\nContent-ID: <place@phone>\r\n\r\n<presence/>";
const isup = "Content-Type: application/ISUP;version=itu-t92+\r\n\r\n\x01\x00\x60";
const required = isup.replace("\r\n\r\n", "\r\nContent-Disposition: signal;handling=required\r\n\r\n");

function body(...parts: readonly string[]): string {
  return `${parts.map((part) => `--a boundary\r\n${part}\r\n`).join("")}--a boundary--\r\n`;
}

function sdp(of: string): string {
  return `Content-Type: application/sdp\r\n\r\n${of}`;
}

/** What the media relay wrote for the other side, and nothing of the rest. */
function onlySdp(message: Request, text: string): void {
  expect(message.headers.get("Content-Type")).toBe("application/sdp");
  expect(Buffer.from(message.body).toString()).toBe("v=0\r\ns=anchored-for-b\r\n");
  for (const trace of ["presence", "Geolocation", "boundary", "ISUP", "Disposition"]) expect(text).not.toContain(trace);
}

/** A world that notes which SDP the media relay was given. */
function listening(): { readonly world: EdgeWorld; readonly heard: string[] } {
  const world = new EdgeWorld();
  const heard: string[] = [];
  const { media } = world;
  world.media = (kind, from, text) => {
    heard.push(`${kind} ${text}`);
    return media(kind, from, text);
  };
  return { world, heard };
}

test("an INVITE with a location beside its SDP reaches the PBX with the SDP alone; so does the answer in company", () => {
  const { world, heard } = listening();
  const phone = world.phone();
  registered(world, phone);
  const extra = ["Geolocation: <cid:place@phone>", "Geolocation-Routing: no", mixed];
  phone.send(inviteLines(phone, { extra }), body(location, sdp(offer)));
  phone.response(100);
  const pbx = world.pbx();
  const { message: invite, text } = pbx.request("INVITE");
  onlySdp(invite, text);
  pbx.send([...replyLines(invite, "183 Session Progress"), mixed], body(isup, sdp(answer)));
  expect(Buffer.from(phone.response(183).message.body).toString()).toContain("anchored-for-a");
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), mixed], body(required, sdp(answer)));
  pbx.request("ACK");
  const { message: ok, text: answered } = phone.response(200);
  expect(ok.headers.get("Content-Type")).toBe("application/sdp");
  expect(answered).not.toContain("ISUP");
  expect(heard).toEqual([`offer ${offer}`, `answer ${answer}`, `answer ${answer}`]);
});

test("a carrier's answer in company reaches the PBX as SDP alone", () => {
  const world = new EdgeWorld();
  const pbx = dial(world);
  const carrier = world.carrier();
  const { message: invite } = carrier.request("INVITE");
  const lines = replyLines(invite, "200 OK", ["Contact: <sip:+4930123456@198.51.100.1>"]);
  carrier.send([...lines, mixed], body(sdp(answer), isup));
  carrier.request("ACK");
  const { message: ok, text } = pbx.response(200);
  expect([ok.headers.get("Content-Type"), text.includes("ISUP")]).toEqual(["application/sdp", false]);
});

test("an answer with ISUP alone has no SDP for us, and the call goes on", () => {
  const world = new EdgeWorld();
  const pbx = dial(world);
  const carrier = world.carrier();
  const { message: invite } = carrier.request("INVITE");
  carrier.send([...replyLines(invite, "183 Session Progress"), "Content-Type: application/ISUP"], "\x06");
  expect(pbx.response(183).message.body).toHaveLength(0);
});

test("a re-INVITE and the ACK of a late offer are read the same way", () => {
  const { world, phone, pbx, ok } = callUp();
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 11), [mixed]), body(location, sdp(heldOffer)));
  phone.response(100);
  const { message, text } = pbx.request("INVITE");
  onlySdp(message, text);
  const contact = "Contact: <sip:600@10.0.0.5>";
  pbx.send([...replyLines(message, "200 OK", [contact]), "Content-Type: application/sdp"], answer);
  pbx.request("ACK");
  phone.response(200);
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 11)));
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 12)));
  phone.response(100);
  const { message: late } = pbx.request("INVITE");
  pbx.send([...replyLines(late, "200 OK", [contact]), mixed], body(isup, sdp(answer)));
  phone.response(200);
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 12), [mixed]), body(location, sdp(offer)));
  expect(pbx.request("ACK").message.headers.get("Content-Type")).toBe("application/sdp");
  expect(world.core.counts().calls).toBe(1);
});

function asked(phone: Party, to: string, text: string): void {
  phone.send(inviteLines(phone, { to: `sip:${to}@pbx.example.com`, extra: [mixed] }), text);
}

test.each([
  [415, "ISUP that must not be ignored", body(sdp(offer), required)],
  [415, "a location and no SDP", body(location)],
  [400, "no closing boundary", body(sdp(offer)).slice(0, -6)],
])("%i: %s, and nothing is left of it", (status, _what, text) => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const before = world.core.counts();
  asked(phone, "600", text);
  const { message } = phone.response(status);
  expect(message.headers.get("Accept")).toBe(status === 415 ? "application/sdp" : undefined);
  expect(world.core.counts()).toEqual(before);
});

test.each([
  [
    "a location that must not be ignored",
    body(sdp(offer), location.replace("\r\n\r\n", "\r\nContent-Disposition: render;handling=required\r\n\r\n")),
  ],
  ["no closing boundary", `${body(location, sdp(offer)).slice(0, -6)}\r\n--a boundary\r\n`],
  ["more parts than anybody needs", body(sdp(offer), ...Array.from({ length: 20 }, () => location))],
])("threat L15: an emergency call goes through with its SDP: %s", (_what, text) => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  asked(phone, "112", text);
  phone.response(100);
  const { message, text: sent } = world.pbx().request("INVITE");
  onlySdp(message, sent);
});

test("threat L15: an emergency call with a location alone goes through, and the PBX makes the offer", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  asked(phone, "112", body(location));
  phone.response(100);
  expect(world.pbx().request("INVITE").message.body).toHaveLength(0);
});

test.each([
  ["no Content-Type", [], offer, "same"],
  ["an encoding that it does not have", ["Content-Type: application/sdp", "Content-Encoding: gzip"], offer, "same"],
  ["an encoding", ["Content-Type: application/sdp", "Content-Encoding: gzip"], "\x1f\x8b\b", "none"],
  ["a location that has to be read", ["Content-Type: application/sdp", "Require: geolocation"], offer, "same"],
])(
  "threat L15: an emergency call whose body has %s goes through, and any other call does not",
  (_what, lines, text, sdpOf) => {
    const world = new EdgeWorld();
    const phone = world.phone();
    registered(world, phone);
    phone.send([...inviteLines(phone, { callId: "other" }), ...lines], text);
    expect([400, 415, 420]).toContain((phone.next().message as Response).status);
    phone.send([...inviteLines(phone, { to: "sip:112@pbx.example.com", extra: lines })], text);
    phone.response(100);
    const { message } = world.pbx().request("INVITE");
    expect(message.body.length > 0).toBe(sdpOf === "same");
    expect(message.headers.has("Content-Encoding")).toBe(false);
    expect(message.headers.get("Content-Type")).toBe(sdpOf === "same" ? "application/sdp" : undefined);
    const checks = ["body-typed", "body-encoding", "extensions-supported"];
    const said = world.outputs.flatMap((output) => (output.kind === "event" ? [output.event] : []));
    const excused = said.filter(({ event, level }) => event === "malformed" && level === "warn");
    expect(excused.map(({ reason, method }) => [checks.includes(reason ?? ""), method])).toEqual([[true, "INVITE"]]);
  },
);
