/** What the media relay is told of a carrier: where its packets may come from. */
import { expect, test } from "vitest";
import { EdgeWorld, type WorldOptions } from "../support/edge-world.ts";
import { inviteLines, offer } from "../support/sip-script.ts";

const trunk = (media: string): WorldOptions => ({
  trunks: `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
    ${media}`,
});

test.each([
  ["", undefined, undefined],
  ["media: { from: [192.0.2.0/24], ports: 16384-32768 }", ["192.0.2.0/24"], { first: 16_384, last: 32_768 }],
])("a trunk with %j", (media, mediaFrom, mediaPorts) => {
  const world = new EdgeWorld("", trunk(media));
  const lines = inviteLines(world.carrier(), { to: "sip:+15550100@203.0.113.1", from: "<sip:+15550199@198.51.100.7>" });
  world.carrier().send([...lines, "Content-Type: application/sdp"], offer);
  const asked = world.outputs.find((o) => o.kind === "media-offer");
  expect(asked?.kind === "media-offer" && [asked.legs.a.mediaFrom, asked.legs.a.mediaPorts]).toEqual([
    mediaFrom,
    mediaPorts,
  ]);
  expect(asked?.kind === "media-offer" && asked.legs.b.mediaPorts).toBeUndefined();
});
