import type { MediaStatus } from "@ringfence/media";
import { expect, test } from "vitest";
import { portsFill } from "./ports-fill.ts";

const status = (part: Partial<MediaStatus>): MediaStatus =>
  ({ portsFree: 0, portsInUse: 0, instances: [], ...part }) as MediaStatus;

test("our own ports fill up; of those of rtpengine nothing is known, so one call there is no full table", () => {
  expect(portsFill(status({}))).toBe(0);
  expect(portsFill(status({ portsFree: 30, portsInUse: 10 }))).toBe(0.25);
  expect(portsFill(status({ portsInUse: 10 }))).toBe(1);
  const instances: MediaStatus["instances"] = [
    { place: "a", state: "up", calls: 1, sessions: 1 } as MediaStatus["instances"][number],
  ];
  expect(portsFill(status({ portsInUse: 4, instances }))).toBe(0);
});
