/** Whether it is ready for calls: for /readyz, and for the console. */
import type { Composition } from "./compose.ts";

/** Whoever shares calls among several sends none here. */
export function unready(parts: Composition | undefined): readonly string[] {
  if (parts === undefined) return ["still starting"];
  const { instances } = parts.media.status();
  const mute = parts.engine.name === "rtpengine" && instances.every(({ state }) => state !== "up");
  return [
    ...(parts.edge.status().draining ? ["draining"] : []),
    ...(mute ? ["no rtpengine instance answers, so no call can be set up"] : []),
  ];
}
