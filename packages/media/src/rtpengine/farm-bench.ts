/** For tests: a farm on instances that stand in for rtpengine, on a clock of its own. */

import { randomBytes } from "node:crypto";
import { onTestFinished, vi } from "vitest";
import { Talk } from "../../../../test/support/media-talk.ts";
import type { MediaLogEvent } from "../log-event.ts";
import { settings } from "../media-bench.ts";
import type { Media } from "../media-options.ts";
import type { MediaEvent } from "../media-port.ts";
import type { FarmSettings, MediaSettings } from "../settings.ts";
import { createFarm } from "./farm.ts";
import { InstanceStandIn, networkOf } from "./instance-stand-in.ts";

export class FarmBench {
  readonly first = new InstanceStandIn({ pub: "203.0.113.7", priv: "10.0.0.7" });
  readonly second = new InstanceStandIn({ pub: "203.0.113.8", priv: "10.0.0.8" }, 40_000);
  readonly events: MediaEvent[] = [];
  readonly logged: MediaLogEvent[] = [];
  now = 0;
  #media: Media | undefined;

  /** With the first instance alone, unless the settings name both. */
  static async start(farm: Partial<FarmSettings> = {}, changes: Partial<MediaSettings> = {}): Promise<FarmBench> {
    const bench = new FarmBench();
    bench.#media = await createFarm({
      settings: farmSettings(farm, changes),
      onEvent: (event) => bench.events.push(event),
      log: (event) => bench.logged.push(event),
      clock: () => bench.now,
      random: randomBytes,
      open: networkOf({ "10.0.0.7:2223": bench.first, "10.0.0.8:2223": bench.second }),
    });
    return bench;
  }

  get media(): Media {
    if (this.#media === undefined) throw new Error("not started");
    return this.#media;
  }
}

const firstPlace = { address: "10.0.0.7", port: 2223, weight: 1 };
export const both: FarmSettings["instances"] = [firstPlace, { address: "10.0.0.8", port: 2223, weight: 1 }];

export function farmSettings(farm: Partial<FarmSettings> = {}, changes: Partial<MediaSettings> = {}): MediaSettings {
  const interfaces = { outside: "pub", inside: "priv" };
  return { ...settings, ...changes, farm: { instances: [firstPlace], interfaces, ...farm } };
}

/** On timers that the test turns. */
export async function farm(...settings: Parameters<typeof FarmBench.start>) {
  vi.useFakeTimers();
  const bench = await FarmBench.start(...settings);
  onTestFinished(async () => {
    const stopped = bench.media.stop();
    await pass(bench, 4_000);
    await stopped;
  });
  return { bench, talk: new Talk(bench.media) };
}

/** Lets that much time pass for deadlines and timers alike. */
export async function pass(bench: FarmBench, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    bench.now += Math.min(50, left);
    await vi.advanceTimersByTimeAsync(Math.min(50, left));
  }
}
