/** What the API shows of a running edge: to whom masked, in which order, and how a call has sounded. */
import type { Handlers, Who } from "@ringfence/admin";
import type { LegSummary } from "@ringfence/media";
import { expect, test } from "vitest";
import { callUp } from "../../../../test/support/call-up.ts";
import { EdgeWorld } from "../../../../test/support/edge-world.ts";
import { branch, inviteLines, offer, registered, replyLines } from "../../../../test/support/sip-script.ts";
import { CallCurves } from "../call-curves.ts";
import { createMask } from "../logs/mask.ts";
import type { Console } from "./admin-parts.ts";
import { defenceHandlers } from "./defence-handlers.ts";
import { lookHandlers } from "./look-handlers.ts";
import { newestFirst, pageOf } from "./paging.ts";
import { Ring } from "./ring.ts";

const number = "+4930987654321";
const viewer: Who = { name: "v", role: "viewer", address: "127.0.0.1" };
const operator: Who = { ...viewer, role: "operator" };
const everything = { limit: 50, after: undefined, search: undefined };
const nothing = { params: undefined, body: undefined } as const;

/** The handlers of a world in which somebody has dialled an outside number. */
function shown(): Pick<Handlers, "calls" | "registrations" | "decisions"> {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone, { to: `sip:${number}@pbx.example.com`, callId: branch() }), sdp], offer);
  world.pbx().send(replyLines(world.pbx().request("INVITE").message, "180 Ringing"));
  const edge = { look: world.core.look(() => world.now), decisions: world.core.decisionDesk(() => world.now) };
  const console = {
    composition: { edge, media: { summary: () => undefined } },
    maskFor: ({ role }: Who) => createMask(role === "viewer" ? "numbers" : "off"),
  } as unknown as Console;
  return { ...lookHandlers(console), ...defenceHandlers(console) };
}

const sdp = "Content-Type: application/sdp";
test("a viewer sees no outside number, and cannot search for it; an operator does both", async () => {
  const handlers = shown();
  const asked = (search: string | undefined) => ({ ...nothing, query: { ...everything, search } });
  const seen = async (who: Who, search?: string) => JSON.stringify(await handlers.calls(asked(search), who));
  expect(await seen(operator)).toContain(number);
  expect(await seen(operator, "987654321")).toContain(number);
  expect(await seen(viewer)).not.toContain("987654321");
  expect(await seen(viewer)).toContain('"account":"1001"');
  expect(await seen(viewer, "987654321")).toBe('{"items":[],"next":null}');
  const decisions = await handlers.decisions({ ...nothing, query: { limit: 50, after: undefined } }, viewer);
  expect(decisions.items.length).toBeGreaterThan(0);
  expect(JSON.stringify(decisions)).not.toContain("987654321");
});

test("a page goes on where the one before ended, whatever came and went meanwhile", () => {
  const calls = Array.from({ length: 5 }, (_, i) => ({ id: `c${i}`, since: 1_000 + i }));
  const key = ({ id, since }: { id: string; since: number }) => `${newestFirst(since)} ${id}`;
  const first = pageOf(calls, { limit: 2 }, key);
  expect(first.items.map(({ id }) => id)).toEqual(["c4", "c3"]);
  const later = [...calls.slice(0, 3), { id: "new", since: 2_000 }];
  const second = pageOf(later, { limit: 2, after: first.next ?? "" }, key);
  expect(second.items.map(({ id }) => id)).toEqual(["c2", "c1"]);
  expect(pageOf(later, { limit: 2, after: second.next ?? "" }, key)).toMatchObject({
    items: [{ id: "c0" }],
    next: null,
  });
});

test("a ring keeps its last points, the oldest first, and gaps as gaps", () => {
  const ring = new Ring(3);
  for (const value of [1, undefined, 3, 4]) ring.push(value);
  expect(ring.values()).toEqual([null, 3, 4]);
  expect([ring.size, ring.last]).toEqual([3, 4]);
});

test("a call's curve: the loss of each five seconds, and silence where nothing came", () => {
  const { world } = callUp();
  const leg = { codec: "pcma", suite: undefined, jitterMs: 2, mosLast: 4.2 } as unknown as LegSummary;
  let [packets, lost] = [0, 0];
  const summary = () => ({ a: { ...leg, packets, lost }, b: { ...leg, packets: 0, lost: 0 } });
  const curves = new CallCurves({ look: world.core.look(() => world.now) }, { summary });
  const id = world.core.look(() => world.now).calls()[0]?.id ?? "";
  for (const [more, gone] of [
    [250, 0],
    [225, 25],
    [0, 0],
  ] as const) {
    packets += more;
    lost += gone;
    curves.tick(1_000);
  }
  expect(curves.of(id)?.a).toEqual({ mos: [4.2, 4.2, null], loss: [0, 0.1, null], jitterMs: [2, 2, null] });
  expect(curves.of(id)?.b.mos).toEqual([null, null, null]);
  expect(curves.of("another")).toBeUndefined();
});

test("a cursor is as long as one may be, and two long keys with one beginning are two", () => {
  const flows = Array.from({ length: 5 }, (_, i) => ({ flow: `${"x".repeat(300)}${i}` }));
  const seen = new Set<string>();
  let after: string | undefined;
  do {
    const page = pageOf(flows, { limit: 2, after }, ({ flow }) => flow);
    for (const { flow } of page.items) seen.add(flow);
    after = page.next ?? undefined;
    expect(after?.length ?? 0).toBeLessThanOrEqual(256);
  } while (after !== undefined);
  expect(seen.size).toBe(5);
});
