/** The PBX bans an address that guesses passwords, and behind us every phone has ours (pbx.md finding 1). */
import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { registered, registerLines, replyLines } from "../support/sip-script.ts";

let cseq = 0;

/** Guesses; the status of the answer, and whether the PBX saw it. */
function guess(world: EdgeWorld, phone: Party, user: string, verdict = "401 Unauthorized") {
  const credentials = `Digest username="${user}", realm="r", nonce="N${++cseq}", uri="sip:pbx.example.com", response="00000000000000000000000000000000"`;
  phone.send(registerLines(phone, { user, cseq, extra: [`Authorization: ${credentials}`] }));
  const seen = world.pbx().inbox.shift();
  if (seen?.message.kind === "request") {
    const next = `WWW-Authenticate: Digest realm="r", nonce="P${cseq}", algorithm=MD5`;
    world.pbx().send(replyLines(seen.message, verdict, verdict.startsWith("401") ? [next] : ["Expires: 120"]));
  }
  const answer = phone.next().message;
  return { seen: seen !== undefined, status: answer.kind === "response" ? answer.status : 0 };
}

test.each(["401 Unauthorized", "403 Forbidden"])(
  "after five wrong passwords (%s) the PBX sees no more of them",
  (no) => {
    const world = new EdgeWorld();
    const phone = world.phone("192.0.2.10", 40_000, "tls");
    for (let i = 0; i < 5; i++) expect(guess(world, phone, "1001", no).seen).toBe(true);
    for (let i = 0; i < 50; i++) expect(guess(world, phone, "1001", no)).toEqual({ seen: false, status: 403 });
    world.advance(61_000);
    expect(guess(world, phone, "1001", no).seen).toBe(true);
  },
);

test("a neighbour behind the same address is not held for it, nor is the account elsewhere", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  for (let i = 0; i < 6; i++) guess(world, phone, "1001");
  expect(guess(world, world.phone("192.0.2.10", 40_001, "tls"), "1002").seen).toBe(true);
  expect(guess(world, world.phone("192.0.2.20", 40_000, "tls"), "1001").seen).toBe(true);
});

test("a password that is right in the end clears the count, and questions without a password are not counted", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  for (let i = 0; i < 4; i++) guess(world, phone, "1001");
  expect(guess(world, phone, "1001", "200 OK")).toEqual({ seen: true, status: 200 });
  for (let i = 0; i < 4; i++) expect(guess(world, phone, "1001").seen).toBe(true);
  const other = world.phone("192.0.2.30", 40_000, "tls");
  for (let i = 1; i < 20; i++) {
    other.send(registerLines(other, { user: "1003", cseq: i }));
    world
      .pbx()
      .send(
        replyLines(world.pbx().request("REGISTER").message, "401 Unauthorized", [
          'WWW-Authenticate: Digest realm="r", nonce="N"',
        ]),
      );
    other.response(401);
  }
  registered(world, other, { user: "1003", cseq: 20 });
});
