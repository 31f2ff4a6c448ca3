import { expect, test } from "vitest";
import { dial } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { branch, inviteLines, offer } from "../support/sip-script.ts";

function worldWith(rest: string): EdgeWorld {
  const trunks = `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
    ${rest}
`;
  return new EdgeWorld("", { trunks });
}

/** The first answer to a call from the carrier. */
function callIn(world: EdgeWorld, to = "+4930777"): string {
  const carrier = world.carrier();
  carrier.inbox.length = 0;
  const lines = inviteLines(carrier, { to: `sip:${to}@203.0.113.1`, from: "<sip:+49170@c.example>", callId: branch() });
  carrier.send([...lines, "Content-Type: application/sdp"], offer);
  return carrier.next().text.split("\r\n")[0]?.slice(8) ?? "";
}

function callOut(world: EdgeWorld): string {
  try {
    dial(world, `+4930${world.sent.length}`);
    return "100";
  } catch (error) {
    return String(error).includes("503") ? "503" : String(error);
  }
}

test("calls at one time are limited in each direction by itself, and together", () => {
  const world = worldWith("limits: { calls: 3, in: { calls: 2 }, out: { calls: 2 } }");
  expect([callIn(world), callIn(world), callIn(world)]).toEqual(["100 Trying", "100 Trying", "503 Trunk Busy"]);
  expect([callOut(world), callOut(world)]).toEqual(["100", "503"]);
});

test("new calls in a second are limited in each direction by itself, and the second after there is room again", () => {
  const world = worldWith("limits: { in: { calls_per_second: 2 }, out: { calls_per_second: 1 } }");
  expect([callIn(world), callIn(world), callIn(world)]).toEqual(["100 Trying", "100 Trying", "503 Trunk Busy"]);
  expect([callOut(world), callOut(world)]).toEqual(["100", "503"]);
  world.advance(1_000);
  expect([callIn(world), callOut(world)]).toEqual(["100 Trying", "100"]);
  const refused = world.events("refused").map(({ reason, rule }) => `${rule} ${reason}`);
  expect(refused).toEqual(Array(2).fill("capacity trunk-call-rate-limit"));
});

test("in shadow calls above the limits of a trunk go through, and each is counted and logged", () => {
  const world = worldWith(
    'limits: { in: { calls: 1 }, out: { calls: 1, hours: "Sun 03:00-03:01 UTC" }, mode: shadow }',
  );
  expect([callIn(world), callIn(world)]).toEqual(["100 Trying", "100 Trying"]);
  expect([callOut(world), callOut(world)]).toEqual(["100", "100"]);
  const looked = world.events("shadow").map(({ rule, reason }) => `${rule} ${reason}`);
  expect(looked).toContain("capacity trunk-calls-limit");
  expect(looked).toContain("hours outside-hours");
  expect(world.events("refused")).toEqual([]);
});

test("a trunk that is for one direction takes none of the other", () => {
  const world = worldWith("limits: { in: { calls: 0 } }");
  expect([callIn(world), callOut(world)]).toEqual(["503 Trunk Busy", "100"]);
});

test("a number that is not in the trunk's table is refused with the reason, and leaves nothing", () => {
  const world = worldWith(
    'numbers: { country_code: "49" }\n    inbound: { did: ["+4930777", "+49308??", "+4930900-+4930949", "+441*"] }',
  );
  const numbers = ["+4930777", "030777", "4930812", "+4930900", "+4930949", "+44199"];
  for (const number of numbers) expect([number, callIn(world, number)]).toEqual([number, "100 Trying"]);
  const { calls } = world.core.counts();
  for (const number of ["+4930778", "777", "+4930950", "+442", "anonymous"])
    expect([number, callIn(world, number)]).toEqual([number, "404 Not Found"]);
  expect(world.core.counts().calls).toBe(calls);
  expect(new Set(world.events("refused").map(({ reason }) => reason))).toEqual(new Set(["number-not-served"]));
});
