/** Enumeration: nobody learns from an answer which accounts or domains exist. */
import { expect, test } from "vitest";
import { challengesOf, credentialsFor, edgeWorld } from "../support/edge-accounts.ts";
import { registerLines } from "../support/sip-script.ts";

const pad = [`User-Agent: ${"x".repeat(400)}`];

/** Both answers to a REGISTER for somebody and to its repetition with credentials, without what differs every time. */
function answersTo(user: string, domain: string, password: string, transport: "udp" | "tls"): readonly string[] {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, transport);
  const at = (lines: readonly string[]) => lines.map((line) => line.replaceAll("pbx.example.com", domain));
  phone.send(at(registerLines(phone, { user, extra: pad })));
  const first = phone.response(401);
  const [challenge] = challengesOf(first.message);
  if (challenge === undefined) throw new Error("no challenge");
  const answers = [first.text];
  for (let i = 0; i < 8; i++) {
    const line = credentialsFor(challenge, { user, password, uri: `sip:${domain}` });
    phone.send([...at(registerLines(phone, { user, cseq: 2 + i, extra: pad })), line]);
    answers.push(phone.next().text);
  }
  expect(world.pbx().inbox).toHaveLength(0);
  return answers.map((text) =>
    text
      .replaceAll(/(branch|tag|nonce)="?[^;",\r]*/g, "")
      .replaceAll(user, "USER")
      .replaceAll(domain, "DOMAIN")
      .replaceAll("pbx.example.com", "DOMAIN"),
  );
}

test.each(["udp", "tls"] as const)(
  "over %s a wrong password, an unknown account and an unknown domain look the same",
  (transport) => {
    const known = answersTo("1001", "pbx.example.com", "a wrong guess of it", transport);
    expect(answersTo("9999", "pbx.example.com", "a wrong guess of it", transport)).toEqual(known);
    expect(answersTo("1001", "other.example.com", "a wrong guess of it", transport)).toEqual(known);
    // The right password in the wrong domain is no better.
    expect(answersTo("1001", "other.example.com", "correct horse battery", transport)).toEqual(known);
    expect(known.at(-1)).toContain("403");
  },
);
