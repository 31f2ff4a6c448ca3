import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer, registered, registerLines } from "../support/sip-script.ts";

const claims = [
  "X-Forwarded-For: 198.51.100.7",
  "X-Real-IP: 198.51.100.7",
  "X-Subspace-Forwarded-For: 198.51.100.7",
  "P-Asserted-Identity: <sip:+4930123@198.51.100.7>",
  "P-Preferred-Identity: <sip:+4930123@198.51.100.7>",
  "Remote-Party-ID: <sip:+4930123@198.51.100.7>;party=calling",
  "Diversion: <sip:1001@pbx.example.com>",
  "History-Info: <sip:1001@pbx.example.com>;index=1",
  "Identity: eyJhbGciOiJFUzI1NiJ9..c2ln;info=<https://198.51.100.7/c.pem>;alg=ES256",
  "P-Auth-B-User: 1001",
];

test("threat L7: an unlisted source that claims a carrier's address is a stranger, in the answer and in the log", () => {
  const world = new EdgeWorld();
  const stranger = world.phone("192.0.2.66", 5060);
  const lines = inviteLines(stranger, { from: "<sip:+4930123@198.51.100.7>", extra: claims }).map((line) =>
    line.startsWith("Via:") ? `${line};received=198.51.100.7`.replace("rport", "rport=5060") : line,
  );
  stranger.send([...lines, "Content-Type: application/sdp"], offer);
  expect(stranger.next().text).toMatch(/^SIP\/2.0 403/);
  expect(world.sent).toHaveLength(1);
  const [refused] = world.events("refused");
  expect(refused).toMatchObject({ side: "phone", source: "192.0.2.66:5060", reason: "not-registered" });
});

test("threat L7: a REGISTER that claims another source is bound to the socket's", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.66", 5060);
  phone.send(registerLines(phone, { extra: claims }));
  const { text } = world.pbx().request("REGISTER");
  expect(text).not.toContain("198.51.100.7");
  const response = world.events("request");
  expect(response.every((e) => e.source === "192.0.2.66:5060")).toBe(true);
});

test("threat L7: identity headers of a registered phone do not reach the PBX", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const lines = inviteLines(phone, { from: '"Chief" <sip:1000@pbx.example.com>', extra: claims });
  phone.send([...lines, "Content-Type: application/sdp"], offer);
  const { text, message } = world.pbx().request("INVITE");
  for (const claim of claims) expect(message.headers.has(claim.slice(0, claim.indexOf(":")))).toBe(false);
  expect(text).not.toContain("198.51.100.7");
  expect(text).not.toContain("1000");
  expect(text).not.toContain("Chief");
});
