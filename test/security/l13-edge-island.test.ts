import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer, registered } from "../support/sip-script.ts";

const fixtures = new URL("../conformance/fixtures/", import.meta.url);

function corpus(): readonly Uint8Array[] {
  return ["rfc4475", "rfc5118"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, fixtures))
      .filter((name) => name.endsWith(".dat"))
      .map((name) => readFileSync(new URL(`${folder}/${name}`, fixtures))),
  );
}

/** The world throws for every `bug` event, so a message that trips the edge fails the test. */
function worldWithCall(): EdgeWorld {
  const world = new EdgeWorld("policy: { limits: { calls: 20000, calls_per_second: 10000, calls_per_account: 1000 } }");
  registered(world, world.phone());
  return world;
}

test("threat L13: every torture message, over UDP and TLS, from every side, registered or not, trips nothing", () => {
  const world = worldWithCall();
  const sources = [
    world.phone(),
    world.phone("192.0.2.66", 5060),
    world.phone("192.0.2.67", 5061, "tls"),
    world.carrier(),
    world.pbx(),
    world.pbx("trunks"),
  ];
  for (const bytes of corpus()) {
    for (const source of sources) {
      source.sendRaw(bytes);
      world.feed({ kind: "broken-stream", flow: source.flow, bytes });
    }
  }
  world.advance(400_000);
  expect(world.core.counts()).toMatchObject({ calls: 0, transactions: { server: 0, client: 0 } });
});

test("threat L13: every torture message cut at each octet, and with each bit of its head flipped, trips nothing", () => {
  const world = worldWithCall();
  const phone = world.phone();
  for (const bytes of corpus()) {
    const step = bytes.length > 1_000 ? 7 : 1;
    for (let cut = 0; cut < bytes.length; cut += step) phone.sendRaw(bytes.subarray(0, cut));
    for (let at = 0; at < Math.min(bytes.length, 400); at += 3) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      phone.sendRaw(flipped);
    }
    world.sent.length = 0;
    world.outputs.length = 0;
    phone.inbox.length = 0;
    world.pbx().inbox.length = 0;
  }
});

test("threat L13: names of Object.prototype as header, parameter, user and tag change no prototype", () => {
  const world = worldWithCall();
  const phone = world.phone();
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"]) {
    const lines = inviteLines(phone, {
      to: `sip:${name}@pbx.example.com;${name}=polluted`,
      callId: name,
      extra: [`${name}: polluted`, `Subject: x;${name}=polluted`, `Authorization: Digest ${name}="polluted"`],
    }).map((line) => (line.startsWith("Via:") ? `${line};${name}=polluted` : line));
    phone.send([...lines, "Content-Type: application/sdp"], offer);
  }
  const probe: Record<string, unknown> = {};
  expect(probe.polluted).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
  expect({}.toString()).toBe("[object Object]");
});
