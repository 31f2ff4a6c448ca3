/** `authentication: edge`: phones prove themselves to Ringfence and it proves them to the PBX, one that asks and one that does not. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");

describe.each(standIns)("in front of $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (!scenario.available) return;
    const knobs = { inviteAuth: "initial", publish: "on" };
    floor = await Floor.open("sipp-edge-authentication", standIn, { authentication: "edge", knobs });
  }, 60_000);
  afterAll(() => floor?.close());

  describe.concurrent("flows", () => {
    scenario("a wrong password is refused here: the PBX hears nothing", async () => {
      const phone = floor.phone();
      await phone.plays("register-wrong", { status: "401" });
      expect(floor.seen("inside").filter((text) => text.includes(`<sip:${phone.user}@`))).toEqual([]);
    });

    scenario("a call, held and taken back", async () => {
      const [caller, callee] = await floor.registered<[SippPhone, SippPhone]>(2);
      await Promise.all([callee.plays("answer-held"), caller.plays("call-hold", { callee: callee.user })]);
    });

    scenario("MESSAGE", async () => {
      const [writer, reader] = await floor.registered<[SippPhone, SippPhone]>(2);
      await Promise.all([reader.plays("read-message"), writer.plays("message", { callee: reader.user })]);
    });

    scenario("SUBSCRIBE and PUBLISH", async () => {
      const [watcher, watched] = await floor.registered<[SippPhone, SippPhone]>(2);
      const presence = { event: "presence", status: "200", document: "application/pidf+xml", change: "closed" };
      await Promise.all([watcher.plays("subscribe", { ...presence, watched: watched.user }), watched.plays("publish")]);
    });
  });

  scenario("threat L4: no digest of one side was seen on the other, nor anything else of it", async () => {
    const nonces = (side: "outside" | "inside") =>
      new Set(
        floor.seen(side).flatMap((text) => [...text.matchAll(/nonce="([^"]+)"/g)].map(([, nonce = ""]) => nonce)),
      );
    const [ours, theirs] = [nonces("outside"), nonces("inside")];
    expect(ours.size).toBeGreaterThan(0);
    expect(theirs.size).toBeGreaterThan(0);
    expect([...ours].filter((nonce) => theirs.has(nonce))).toEqual([]);
    const { outside, inside } = await floor.leaks();
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
