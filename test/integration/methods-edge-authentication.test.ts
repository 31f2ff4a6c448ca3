import { expect, test } from "vitest";
import { challengesOf, credentialsFor, edgeWorld, registeredAtEdge } from "../support/edge-accounts.ts";
import { branch, replyLines } from "../support/sip-script.ts";

const methods = "methods: { subscribe: true, message: true, refer: true }";

function messageLines(extra: readonly string[]): readonly string[] {
  return [
    "MESSAGE sip:1002@pbx.example.com SIP/2.0",
    `Via: SIP/2.0/TLS 192.0.2.10:40000;branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:1001@pbx.example.com>;tag=m",
    "To: <sip:1002@pbx.example.com>",
    `Call-ID: ${branch()}`,
    "CSeq: 1 MESSAGE",
    "Content-Type: text/plain",
    ...extra,
  ];
}

test("threat L4: with authentication at the edge each side of a MESSAGE has a digest of its own", () => {
  const world = edgeWorld({ phones: methods });
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registeredAtEdge(world, phone);
  phone.send(messageLines([]), "hello");
  const [ours] = challengesOf(phone.response(407).message);
  if (ours === undefined) throw new Error("no challenge");
  expect(world.pbx().inbox).toHaveLength(0);
  phone.send(messageLines([credentialsFor(ours, { method: "MESSAGE", uri: "sip:1002@pbx.example.com" })]), "hello");
  const { message, text } = world.pbx().request("MESSAGE");
  expect(text).not.toContain("Digest");
  const challenge = 'Proxy-Authenticate: Digest realm="myvoipapp.com", nonce="ABC", algorithm=MD5';
  world.pbx().send(replyLines(message, "407 Proxy Authentication Required", [challenge]));
  const again = world.pbx().request("MESSAGE");
  expect(again.text).not.toContain(ours.nonce);
  expect(again.text).toContain('realm="myvoipapp.com"');
  world.pbx().send(replyLines(again.message, "407 Proxy Authentication Required", [challenge]));
  expect(phone.response(403).text).not.toContain("myvoipapp");
});
