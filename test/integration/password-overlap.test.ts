/** A password is changed: for a while the new one and the one before hold, of an account as of a trunk. */
import { parseCredentials, type Request, verifyDigest } from "@ringfence/sip";
import { expect, test } from "vitest";
import { edgeWorld, password, pbxChallenge, prove } from "../support/edge-accounts.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { replyLines } from "../support/sip-script.ts";

const HOUR = 3_600_000;
const old = "the one before, 1234";

/** To the minute, as it is written. */
function inAnHour(): string {
  return `${new Date(Date.now() + HOUR + 60_000).toISOString().slice(0, 16)}Z`;
}

function changing(): EdgeWorld {
  const previous = `previous: { password: "${old}", until: ${inAnHour()} }`;
  return edgeWorld({
    accounts: `"1001": { password: "${password}", ${previous} }\n"1002": { password: "another horse" }\n`,
  });
}

function proven(request: Request, secret: string): boolean {
  const credentials = parseCredentials(request.headers.get("Authorization") ?? "");
  const proof = { secret: { kind: "password", password: secret }, method: request.method } as const;
  return credentials !== undefined && verifyDigest(credentials, proof);
}

/** A phone registers or is renewed, and the PBX wants this password; which ones it was given. */
function offeredTo(world: EdgeWorld, wanted: string): readonly string[] {
  const pbx = world.pbx();
  const offered: string[] = [];
  for (let sent = pbx.inbox.shift(); sent !== undefined; sent = pbx.inbox.shift()) {
    const request = sent.message as Request;
    const used = [password, old].find((one) => proven(request, one));
    if (used !== undefined) offered.push(used);
    const taken = used === wanted;
    const more = taken ? ["Expires: 30"] : [`WWW-Authenticate: ${pbxChallenge}`];
    pbx.send(replyLines(request, taken ? "200 OK" : "401 Unauthorized", more));
  }
  return offered;
}

/** What a phone is answered that gives this password. */
function answered(world: EdgeWorld, cseq: number, given: string): string {
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  prove(phone, { cseq }, { password: given });
  offeredTo(world, password);
  return phone.next().text.split("\r\n")[0]?.slice(8) ?? "";
}

test("both passwords of an account are right while they overlap, then only the new one is", () => {
  const world = changing();
  expect(answered(world, 1, old)).toBe("200 OK");
  expect(answered(world, 3, password)).toBe("200 OK");
  expect(answered(world, 5, "neither of them")).toBe("401 Unauthorized");
  world.advance(2 * HOUR);
  expect(answered(world, 7, old)).toBe("401 Unauthorized");
  expect(answered(world, 9, password)).toBe("200 OK");
});

test("threat enumeration: a wrong password is answered alike, changed lately or not, and for an account that is none", () => {
  const world = changing();
  const answers = ["1001", "1002", "4711"].map((user, place) => {
    const phone = world.phone(`192.0.2.${20 + place}`, 40_000, "tls");
    prove(phone, { user }, { user, password: "neither of them" });
    const lines = phone
      .response(401)
      .text.split("\r\n")
      .filter((line) => !/^(Via|Call-ID)/.test(line));
    return lines.map((line) => line.split(/nonce|tag|<sip/)[0]);
  });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

test("the PBX gets the new password and, where it refuses that, the old one; it is remembered which, because it bans", () => {
  const world = changing();
  let cseq = 1;
  // The PBX keeps it for so short a time that it is asked each time.
  const renewed = (wanted: string): readonly string[] => {
    prove(world.phone("192.0.2.10", 40_000, "tls"), { cseq });
    cseq += 2;
    const offered = offeredTo(world, wanted);
    world.phone("192.0.2.10", 40_000, "tls").inbox.length = 0;
    return offered;
  };
  expect(renewed(old)).toEqual([password, old]);
  expect(renewed(old)).toEqual([old]);
  expect(renewed(password)).toEqual([old, password]);
  expect(renewed(password)).toEqual([password]);
  expect(renewed("what nobody knows")).toEqual([password, old]);
});

const current = "password-of-carrier";
const trunks = `
  - name: carrier
    mode: register
    hosts: [{ uri: "sip:198.51.100.7" }]
    credentials: { user: "4930777", password: { env: X }, realm: carrier.example }
`;

/** The carrier challenges until it is given this password; which ones it was given. */
function asks(carrier: Party, wanted: string): readonly string[] {
  const offered: string[] = [];
  for (let sent = carrier.inbox.shift(); sent !== undefined; sent = carrier.inbox.shift()) {
    const request = sent.message as Request;
    const used = [current, old].find((one) => proven(request, one));
    if (used !== undefined) offered.push(used);
    const challenge = 'WWW-Authenticate: Digest realm="carrier.example", nonce="n", algorithm=MD5, qop="auth"';
    const contact = `Contact: ${request.headers.get("Contact")?.split(";expires")[0]};expires=300`;
    const taken = used === wanted;
    carrier.send(replyLines(request, taken ? "200 OK" : "401 Unauthorized", [taken ? contact : challenge]));
  }
  return offered;
}

test("a carrier that knows only the old password gets it after the new one, and from then on first; later only the new one", () => {
  const previous = { password: old, until: Date.now() + 500_000 };
  const world = new EdgeWorld("", { trunks, previous });
  const carrier = world.carrier();
  world.advance(0);
  expect(asks(carrier, old)).toEqual([current, old]);
  expect(world.core.trunks()[0]?.registration).toMatchObject({ state: "registered" });
  world.advance(211_000);
  expect(asks(carrier, old)).toEqual([old]);
  world.advance(211_000);
  expect(asks(carrier, current)).toEqual([old, current]);
  world.advance(211_000);
  expect(asks(carrier, "neither of them")).toEqual([current]);
});
