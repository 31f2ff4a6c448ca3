/**
 * What is refused elsewhere than in the rules has a decision id as well, that leads to the reason. The rules' own reasons are in
 * test/golden/policy, which says of each that it is explained, and that these here are all the others.
 */
import { type RejectReason, rejectReasons } from "@ringfence/policy";
import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import type { otherReasons } from "../support/other-reasons.ts";
import { branch, inviteLines, offer, registered, registerLines } from "../support/sip-script.ts";
import { now } from "../support/stir.ts";

import { ring, signed, verifyingSite } from "../support/stir-call.ts";

const sdp = "Content-Type: application/sdp";

function phoneIn(world: EdgeWorld): Party {
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registered(world, phone);
  return phone;
}

function verified(lines: readonly string[]): EdgeWorld {
  const world = verifyingSite();
  ring(world, lines);
  return world;
}

function judged(text: string): EdgeWorld {
  const world = new EdgeWorld('policy: { fraud_service: { url: "https://fraud.example/", without_answer: refuse } }');
  world.fraud = () => text;
  const phone = phoneIn(world);
  phone.send([...inviteLines(phone, { to: "sip:+4930123456@pbx.example.com" }), sdp], offer);
  return world;
}

const scenes: Record<(typeof otherReasons)[number], () => EdgeWorld> = {
  "merged-request": () => {
    const world = new EdgeWorld();
    const phone = phoneIn(world);
    const lines = inviteLines(phone, { callId: branch() });
    phone.send([...lines, sdp], offer);
    phone.send([...lines.map((line) => line.replace(/branch=[^;]+/, `branch=${branch()}`)), sdp], offer);
    return world;
  },
  "pbx-down": () => {
    const world = new EdgeWorld();
    const phone = phoneIn(world);
    phone.send(registerLines(phone, { cseq: 2, callId: "another" }));
    world.advance(40_000);
    phone.send(registerLines(phone, { cseq: 3, callId: "third" }));
    return world;
  },
  draining: () => {
    const world = new EdgeWorld();
    const phone = phoneIn(world);
    world.core.drain();
    phone.send([...inviteLines(phone), sdp], offer);
    return world;
  },
  overloaded: () => {
    const world = new EdgeWorld();
    const phone = phoneIn(world);
    for (let i = 0; i < 50; i++) {
      world.feed({ kind: "load", sample: { lagMs: 400, busy: 1, fill: 0 } });
      world.advance(100);
    }
    phone.send([...inviteLines(phone), sdp], offer);
    return world;
  },
  "fraud-service": () => judged('{"action":"refuse"}'),
  "fraud-service-silent": () => judged("nothing that can be read"),
  "identity-missing": () => verified([]),
  "identity-info": () => {
    const elsewhere = "https://evil.example/x";
    return verified([signed({ header: { x5u: elsewhere }, params: `;info=<${elsewhere}>;ppt=shaken` })]);
  },
  "identity-credential": () => verified([signed({ header: { alg: "none" } })]),
  "identity-invalid": () => verified(["Identity: nonsense"]),
  "identity-stale": () => verified([signed({ claims: { iat: now() - 61 } })]),
};

test.each(Object.entries(scenes))("%s has an id in its line, in the count and in the book", (reason, play) => {
  const world = play();
  const line = world.events("refused").at(-1);
  const counts = world.outputs.flatMap((o) => (o.kind === "count" && o.count.name === "refused" ? [o.count] : []));
  expect(counts.at(-1)).toMatchObject({ reason, decision: line?.decision });
  const kept = world.core.decisionDesk(() => world.now).find(line?.decision ?? "");
  expect(kept).toMatchObject({ by: "policy", reason, status: rejectReasons[reason as RejectReason].status });
});
