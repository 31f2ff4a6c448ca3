/** `authentication: relay`: wrong passwords are read from the PBX's answers, whatever the method, and hold nobody else. */
import { expect, test } from "vitest";
import { allMethods, callUp, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import {
  branch,
  inDialogLines,
  inviteLines,
  offer,
  registered,
  registerLines,
  replyLines,
} from "../support/sip-script.ts";

let nonces = 0;

function digest(user: string, nonce = `N${++nonces}`): string {
  return `Digest username="${user}", realm="r", nonce="${nonce}", uri="sip:pbx.example.com", response="00000000000000000000000000000000"`;
}

function guessLines(phone: Party, method: string, user = "1001"): readonly string[] {
  const lines = inviteLines(phone, {
    callId: branch(),
    to: `sip:${method === "PUBLISH" ? user : "600"}@pbx.example.com`,
  }).map((line) => line.replaceAll("INVITE", method).replaceAll("sip:1001@pbx", `sip:${user}@pbx`));
  const event = method === "SUBSCRIBE" ? ["Event: dialog"] : method === "PUBLISH" ? ["Event: presence"] : [];
  const type =
    method === "MESSAGE" ? ["Content-Type: text/plain"] : method === "INVITE" ? ["Content-Type: application/sdp"] : [];
  return [...lines, `Proxy-Authorization: ${digest(user)}`, ...event, ...type];
}

/** One guess: whether the PBX saw the credentials, and what the phone got. */
function guess(world: EdgeWorld, phone: Party, method: string, user = "1001") {
  phone.send(guessLines(phone, method, user), method === "MESSAGE" ? "hi" : method === "INVITE" ? offer : "");
  const pbx = world.pbx();
  const seen = pbx.inbox.shift();
  if (seen?.message.kind === "request") {
    const challenge = `Proxy-Authenticate: Digest realm="r", nonce="P${++nonces}", algorithm=MD5`;
    pbx.send(replyLines(seen.message, "407 Proxy Authentication Required", [challenge]));
    pbx.inbox.length = 0;
  }
  const answers = phone.inbox.splice(0).map((sent) => (sent.message.kind === "response" ? sent.message.status : 0));
  return { seen: seen?.text.includes("Authorization:") ?? false, status: answers.at(-1) };
}

test.each(["INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH", "OPTIONS"])(
  "after five wrong passwords in %s the PBX sees no more of them, of any method",
  (method) => {
    const world = new EdgeWorld("", { phones: allMethods });
    const phone = world.phone();
    registered(world, phone);
    for (let i = 0; i < 5; i++) expect(guess(world, phone, method).seen).toBe(true);
    for (const other of ["INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH", "OPTIONS"])
      expect(guess(world, phone, other)).toEqual({ seen: false, status: 403 });
    phone.send(registerLines(phone, { cseq: 9, callId: "again", extra: [`Authorization: ${digest("1001")}`] }));
    phone.response(403);
    expect(world.pbx().inbox).toHaveLength(0);
    world.advance(61_000);
    expect(guess(world, phone, method).seen).toBe(true);
  },
);

test("a password that the PBX takes in the end clears the count", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 4; i++) expect(guess(world, phone, "MESSAGE").seen).toBe(true);
    phone.send(guessLines(phone, "MESSAGE"), "hi");
    world.pbx().send(replyLines(world.pbx().request("MESSAGE").message, "200 OK"));
    phone.response(200);
  }
});

test("one's own registration gives no guesses at the password of another account", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  for (const method of ["INVITE", "MESSAGE", "SUBSCRIBE"]) {
    const lines = guessLines(phone, method).map((line) => line.replace('username="1001"', 'username="1002"'));
    phone.send(lines, method === "MESSAGE" ? "hi" : method === "INVITE" ? offer : "");
    expect(world.pbx().request(method).text).not.toContain("Authorization");
  }
});

test("in an office no neighbour is held, and nobody there can hold the account of a registered phone", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const victim = world.phone("192.0.2.10", 41_000, "tls");
  registered(world, victim, { user: "1002" });
  const guesser = world.phone("192.0.2.10", 42_000, "tls");
  const attempt = () => {
    guesser.send(registerLines(guesser, { user: "1002", cseq: ++nonces, extra: [`Authorization: ${digest("1002")}`] }));
    const seen = world.pbx().inbox.shift();
    if (seen?.message.kind === "request") world.pbx().send(replyLines(seen.message, "403 Forbidden"));
    guesser.inbox.length = 0;
    return seen !== undefined;
  };
  expect([1, 2, 3, 4, 5, 6, 7].map(attempt)).toEqual([true, true, true, true, true, false, false]);
  expect(guess(world, victim, "MESSAGE", "1002").seen).toBe(true);
  const neighbour = world.phone("192.0.2.10", 43_000, "tls");
  registered(world, neighbour, { user: "1003" });
});

test("datagrams with a forged source hold nobody, and the PBX sees none of their guesses", () => {
  const world = new EdgeWorld();
  const forged = world.phone("192.0.2.10", 40_000);
  for (let i = 0; i < 20; i++) {
    forged.send(registerLines(forged, { cseq: i + 1, extra: [`Authorization: ${digest("1001")}`] }));
    const { message, text } = world.pbx().request("REGISTER");
    expect(text).not.toContain("Authorization");
    const challenge = `WWW-Authenticate: Digest realm="r", nonce="Q${i}", algorithm=MD5, stale=true`;
    world.pbx().send(replyLines(message, "401 Unauthorized", [challenge]));
    // Who is really there learns that its nonce is old, and asks its user for nothing.
    expect(forged.response(401).text).toContain("stale=true");
  }
  forged.send(registerLines(forged, { cseq: 30, extra: [`Authorization: ${digest("1001", "Q19")}`] }));
  expect(world.pbx().request("REGISTER").text).toContain("Authorization");
});

test("inside a call too many guesses are kept from the PBX, and the call goes on", () => {
  const { world, phone, pbx, ok } = callUp(new EdgeWorld("", { phones: allMethods }));
  for (let i = 0; i < 8; i++) {
    const extra = [`Proxy-Authorization: ${digest("1001")}`, "Content-Type: application/dtmf-relay"];
    phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 11 + i), extra), "Signal=1\r\n");
    const { message, text } = pbx.request("INFO");
    expect(text.includes("Authorization")).toBe(i < 5);
    const challenge = `Proxy-Authenticate: Digest realm="r", nonce="I${i}", algorithm=MD5`;
    pbx.send(replyLines(message, "407 Proxy Authentication Required", [challenge]));
    phone.response(407);
  }
  expect(world.core.counts().calls).toBe(1);
});

test("an emergency call is let through, however often its phone has guessed", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  for (let i = 0; i < 6; i++) guess(world, phone, "MESSAGE");
  const lines = guessLines(phone, "INVITE").map((line) => line.replaceAll("sip:600@", "sip:112@"));
  phone.send(lines, offer);
  phone.response(100);
  world.pbx().request("INVITE");
});
