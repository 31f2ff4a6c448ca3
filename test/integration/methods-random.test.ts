import { expect, test } from "vitest";
import { allMethods } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { RandomParty } from "../support/random-party.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { offer, registered } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";

/** A longest call, and what its last transactions take. */
const LONGEST = 4 * 3_600_000 + 120_000;

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "threat L13: requests and answers at random inside calls and subscriptions leave nothing behind (seed %i)",
  (seed) => {
    const random = seededRandom(seed + 1);
    const world = new EdgeWorld("policy: { limits: { calls_per_account: 6 } }\n", { phones: allMethods });
    registered(world, world.phone());
    const phone = new RandomParty(world.phone(), "sip:1001@192.0.2.10:40000", random);
    const pbx = new RandomParty(world.pbx(), "sip:600@10.0.0.5", random);
    const relay = world.media;
    world.media = (kind, from, text) =>
      random() < 0.9 ? relay(kind, from, text) : { ok: false, status: 488, reason: "bad-address", text: "No" };
    for (let step = 0; step < 400; step++) {
      world.hold = random() < 0.3;
      const dice = random();
      const head = ["From: <sip:1001@pbx.example.com>;tag=f", "To: <sip:600@pbx.example.com>"];
      if (dice < 0.06) {
        const early = random() < 0.7;
        const lines = ["INVITE sip:600@pbx.example.com SIP/2.0", ...head, "Supported: 100rel", ...(early ? [sdp] : [])];
        phone.begin("INVITE", lines, early ? offer : "");
      } else if (dice < 0.09) {
        phone.begin("SUBSCRIBE", ["SUBSCRIBE sip:600@pbx.example.com SIP/2.0", ...head, "Event: dialog"]);
      } else if (dice < 0.15) world.advance(Math.floor(random() * 5_000));
      else if (dice < 0.3) world.release();
      else if (dice < 0.65) phone.step();
      else pbx.step();
    }
    for (let held = 0; held < 400; held++) world.release();
    world.hold = false;
    world.advance(LONGEST);
    for (let held = 0; held < 400; held++) world.release();
    world.advance(LONGEST);
    expect(world.core.counts()).toMatchObject({
      registrations: 0,
      calls: 0,
      subscriptions: 0,
      transactions: { server: 0, client: 0 },
      timers: 0,
    });
  },
);
