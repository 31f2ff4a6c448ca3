import { defineConfig } from "vitest/config";

/** No sockets, processes or state of the machine: their files may share a worker, which starts them twice as fast. */
const pure = [
  "packages/{sip,policy,node-srtp,dgram-rate-limiter}/src/**/*.test.ts",
  "test/{architecture,conformance,docs,fuzz,golden}/**/*.test.ts",
  "test/integration/**/!(*-sockets).test.ts",
];
/** Whole programs on a clock of their own: one file after the other, or they would measure each other. */
const whole = ["test/interop/**/*.test.ts"];

const testTimeout = 30_000;

export default defineConfig({
  test: {
    // The default leaves one processor idle, which is half of a small machine.
    maxWorkers: "100%",
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
      { test: { name: "whole", include: whole, fileParallelism: false, testTimeout } },
    ],
  },
});
