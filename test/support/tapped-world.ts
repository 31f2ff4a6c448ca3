/** A scripted world that somebody looks on at, as the driver would tell them: see packages/edge/src/tap.ts. */
import type { Flow, Tap } from "@ringfence/edge";
import type { EdgeWorld } from "./edge-world.ts";

export function tapped(world: EdgeWorld, tap: Tap): void {
  const { core } = world;
  const handle = core.handle.bind(core);
  for (const { call, callId } of core.legs()) tap.leg(call, callId);
  core.handle = (now, input) => {
    if ("bytes" in input) tap.message("in", input.flow, input.bytes);
    const outputs = handle(now, input);
    for (const output of outputs) {
      if (output.kind === "send") tap.message("out", output.flow as Flow, output.bytes);
      if (output.kind === "leg") tap.leg(output.call, output.callId);
    }
    return outputs;
  };
}
