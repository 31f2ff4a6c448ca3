/** What a call that lasts keeps of what made it: an hour of it must not cost the memory of its first second. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { callUp } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { registerLines } from "../support/sip-script.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Longer than any transaction (RFC 3261 §17.1.1.2: 64 × T1). */
const transactionsEnd = 40_000;

/** Each message in a block of its own, as the sockets hand it over, and each description that the media relay wrote. */
function watched(world: EdgeWorld): readonly WeakRef<ArrayBufferLike>[] {
  const blocks: WeakRef<ArrayBufferLike>[] = [];
  const own = (octets: Uint8Array): Uint8Array => {
    const block = new Uint8Array(octets);
    blocks.push(new WeakRef(block.buffer));
    return block;
  };
  const feed = world.feed.bind(world);
  world.feed = (input) => feed("bytes" in input ? { ...input, bytes: own(input.bytes) } : input);
  const { media } = world;
  world.media = (...asked) => {
    const result = media(...asked);
    return result.ok ? { ...result, sdp: own(result.sdp) } : result;
  };
  return blocks;
}

test("a call that lasts keeps neither the octets of its messages nor those that the media relay wrote", async () => {
  const world = new EdgeWorld();
  const blocks = watched(world);
  callUp(world);
  const messages = blocks.length;
  world.advance(transactionsEnd);
  // The last message of all is still at hand, whosever it is.
  world.phone().send(registerLines(world.phone(), { cseq: 2 }));
  // What the test itself remembers.
  world.outputs.length = 0;
  await new Promise(setImmediate);
  collectGarbage();
  expect(world.core.counts().calls).toBe(1);
  expect(messages).toBeGreaterThan(8);
  expect(blocks.slice(0, messages).filter((block) => block.deref() !== undefined)).toEqual([]);
});
