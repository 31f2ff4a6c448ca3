/** Enumeration: nobody learns from an answer which accounts or domains exist. */
import { describe, expect, test } from "vitest";
import { challengesOf, credentialsFor, edgeWorld } from "../support/edge-accounts.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { RegisterProbe } from "../support/register-probe.ts";
import { registered, registerLines, replyLines } from "../support/sip-script.ts";

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
  "threat enumeration: over %s a wrong password, an unknown account and an unknown domain look the same",
  (transport) => {
    const known = answersTo("1001", "pbx.example.com", "a wrong guess of it", transport);
    expect(answersTo("9999", "pbx.example.com", "a wrong guess of it", transport)).toEqual(known);
    expect(answersTo("1001", "other.example.com", "a wrong guess of it", transport)).toEqual(known);
    // The right password in the wrong domain is no better.
    expect(answersTo("1001", "other.example.com", "correct horse battery", transport)).toEqual(known);
    expect(known.at(-1)).toContain("403");
  },
);

const kinds = {
  known: { user: "1007", domain: "pbx.example.com" },
  "unknown account": { user: "5007", domain: "pbx.example.com" },
  "unknown domain": { user: "1007", domain: "abc.example.com" },
  "unknown in both": { user: "5007", domain: "abc.example.com" },
};

describe.each(["edge", "relay"] as const)("authentication: %s", (mode) => {
  const probe = new RegisterProbe(mode);
  // The PBX has challenged somebody before: from then on there is something to look like.
  for (let i = 0; i < 3; i++) probe.ask({ user: `100${i}`, domain: "pbx.example.com" }, 1);

  test("threat enumeration: known and unknown accounts and domains get answers of the same status, size and headers, until they are held", () => {
    const answersOf = (asked: (typeof kinds)["known"]) =>
      probe.ask(asked, 7).map(({ text, response }) => ({
        status: response.status,
        size: text.replaceAll(/branch=[^;]*/g, "").length,
        headers: [...response.headers].map(({ name }) => name),
        challenge: (response.headers.get("WWW-Authenticate") ?? "").replaceAll(/nonce="[^"]*"/g, ""),
        nonce: [/^[0-9A-F]*$/, /^[0-9a-f]*$/].map((kind) => kind.test(challengesOf(response)[0]?.nonce ?? "")),
      }));
    const known = answersOf(kinds.known);
    expect(known.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401, 403]);
    for (const asked of Object.values(kinds)) expect(answersOf(asked)).toEqual(known);
  });
});

test("relay: an account with all its contacts in use does not say so to a stranger", () => {
  const world = new EdgeWorld("", { phones: "registration: { phone_expires: 300s, max_contacts: 1 }" });
  registered(world, world.phone("192.0.2.10", 40_000, "tls"));
  const stranger = world.phone("192.0.2.66", 40_000, "tls");
  stranger.send(registerLines(stranger, { callId: "x" }));
  const asked = world.pbx().request("REGISTER").message;
  expect(asked.headers.has("Contact")).toBe(false);
  world.pbx().send(replyLines(asked, "401 Unauthorized", ['WWW-Authenticate: Digest realm="r", nonce="N"']));
  stranger.response(401);
  // Whoever knows the password is told.
  stranger.send(registerLines(stranger, { callId: "x", cseq: 2 }));
  world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "200 OK", ["Expires: 120"]));
  expect(stranger.response(403).text).toContain("More than 1 contacts");
  expect(world.core.counts().registrations).toBe(1);
});

test("relay: a domain that is not served is never registered, whatever the PBX says", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  phone.send(registerLines(phone).map((line) => line.replaceAll("pbx.example.com", "elsewhere.example")));
  const { message, text } = world.pbx().request("REGISTER");
  expect(text).not.toContain("elsewhere");
  world.pbx().send(replyLines(message, "200 OK", ["Expires: 120"]));
  phone.response(403);
  expect(world.core.counts().registrations).toBe(0);
});
