import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { loaded, pure, whole } from "./test/projects.ts";

const testTimeout = 30_000;
/** Of laboratories: programs that are being ended have their time too. */
const hookTimeout = 60_000;

export default defineConfig({
  test: {
    // Half of what runs waits for a socket, a program or a disk.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      { test: { name: "pure", include: [...pure], isolate: false, testTimeout } },
      {
        test: {
          name: "machine",
          include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...pure, ...whole, "**/node_modules/**"],
          testTimeout,
        },
      },
      {
        test: {
          name: "whole",
          include: [...whole],
          exclude: [...loaded],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout,
          hookTimeout,
        },
      },
      {
        test: {
          name: "loaded",
          include: [...loaded],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout,
          hookTimeout,
        },
      },
    ],
  },
});
