/** Which test files may stand beside which: the projects of vitest.config.ts as patterns of paths from the root of the checkout. */
import { matchesGlob } from "node:path";

/** No processes or state of the machine, and no sockets that outlive a test: their files may share a worker, which halves what they cost. */
export const pure: readonly string[] = [
  "packages/{sip,policy,edge,node-srtp,dgram-rate-limiter}/src/**/*.test.ts",
  "packages/admin/console/src/**/*.test.ts",
  "test/{architecture,conformance,docs,fuzz,golden}/**/*.test.ts",
  "test/integration/**/!(*-sockets).test.ts",
];

/** Real programs in networks of their own: they wait most of the time, for each other and for the timers of their protocols. */
export const whole: readonly string[] = ["test/{console,interop}/**/*.test.ts"];

/** Of these, those that judge what a processor that came late would spoil: load, loss and sound; and a browser that goes through pages for a minute. One after the other, with nothing beside them. */
export const loaded: readonly string[] = [
  "test/interop/{browser-media,media-siege,reload-in-call,rtpengine-farm,sipp-load}.test.ts",
  "test/console/**/*.test.ts",
];

/** A file that keeps real time, with sockets, processes, disks or programs that are not ours: it may starve. */
export function mayStarve(file: string): boolean {
  return !pure.some((pattern) => matchesGlob(file, pattern));
}
