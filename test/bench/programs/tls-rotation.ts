/**
 * Threat L9 at length: `node --expose-gc --min-semi-space-size=16 --max-semi-space-size=16 test/bench/programs/tls-rotation.ts
 * [ROTATIONS] [CONNECTIONS]`. Prints what was dropped, and how the memory of the edge grew from the first tenth to the end; the
 * callers are in a process of their own. Twenty handshakes a second come beside, half of them with a revoked certificate. Garbage
 * is collected every hundred rotations: what OpenSSL holds is small to the collector, which else lets it lie for long. The young
 * generation has its full size from the start: where it grows as it is needed, that is most of what is seen (10 MB).
 */
import { rotate } from "../../support/tls-rotation.ts";
import { callersApart } from "../load/tls-callers.ts";

const rotations = Number(process.argv[2] ?? 10_000);
const connections = Number(process.argv[3] ?? 200);
const cleanup: (() => unknown)[] = [];
const megabyte = 1024 * 1024;
const PAIRS_A_SECOND = 10;

/** Undefined until the first tenth is over: until then caches fill. */
let settled: number | undefined;
let end = 0;

function resident(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage.rss() / megabyte;
}

let began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const result = await rotate(
  {
    rotations,
    connections,
    isDue: (round, pairs) => {
      if (round === 1) began = performance.now();
      return pairs < seconds() * PAIRS_A_SECOND;
    },
    callers: (port, good, revoked) => callersApart(port, good, revoked, cleanup),
  },
  cleanup,
  (done) => {
    if (done % 100 !== 0) return;
    end = resident();
    if (done >= rotations / 10) settled ??= end;
  },
);
const took = seconds();
process.stdout.write(
  `${JSON.stringify({
    rotations,
    connections,
    seconds: Math.round(took),
    ...result,
    handshakesPerSecond: Math.round((20 * result.pairs) / took) / 10,
    rssAfterTenthMb: Math.round(settled ?? 0),
    rssGrowthMb: Math.round((end - (settled ?? 0)) * 10) / 10,
  })}\n`,
);
for (const step of cleanup.reverse()) await step();
