import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { loaded, pure, whole } from "./test/projects.ts";

/**
 * A machine that is busy makes a test slower, not red: these end what hangs, and no claim is made with them. The usual ones
 * (10 s for a hook, 1 s for `expect.poll`) are less than a starved process needs to start.
 */
const patience = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } };

export default defineConfig({
  test: {
    // Half of what runs waits for a socket, a program or a disk.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      { test: { name: "pure", include: [...pure], isolate: false, ...patience } },
      {
        test: {
          name: "machine",
          include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...pure, ...whole, "**/node_modules/**"],
          ...patience,
        },
      },
      {
        test: {
          name: "whole",
          include: [...whole],
          exclude: [...loaded],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      {
        test: {
          name: "loaded",
          include: [...loaded],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          ...patience,
        },
      },
    ],
  },
});
