import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** No processes or state of the machine, and no sockets that outlive a test: their files may share a worker, which halves what they cost. */
const pure = [
  "packages/{sip,policy,edge,node-srtp,dgram-rate-limiter}/src/**/*.test.ts",
  "packages/admin/console/src/**/*.test.ts",
  "test/{architecture,conformance,docs,fuzz,golden}/**/*.test.ts",
  "test/integration/**/!(*-sockets).test.ts",
];
/** Real programs in networks of their own: they wait most of the time, for each other and for the timers of their protocols. */
const whole = ["test/{console,interop}/**/*.test.ts"];
/** Of these, those that judge what a processor that came late would spoil: load, loss and sound; and a browser that goes through pages for a minute. One after the other, with nothing beside them. */
const loaded = [
  "test/interop/{browser-media,media-siege,reload-in-call,rtpengine-farm,sipp-load}.test.ts",
  "test/console/**/*.test.ts",
];

const testTimeout = 30_000;
/** Of laboratories: programs that are being ended have their time too. */
const hookTimeout = 60_000;

export default defineConfig({
  test: {
    // Half of what runs waits for a socket, a program or a disk.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      { test: { name: "pure", include: pure, isolate: false, testTimeout } },
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
          include: whole,
          exclude: loaded,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout,
          hookTimeout,
        },
      },
      {
        test: {
          name: "loaded",
          include: loaded,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout,
          hookTimeout,
        },
      },
    ],
  },
});
