/**
 * Threat L9 at length: `node --expose-gc test/bench/programs/tls-rotation.ts [ROTATIONS] [CONNECTIONS]`. Prints what was dropped,
 * and how the memory of the process grew from the first tenth to the end, edge and callers together. Garbage is collected
 * every hundred rotations: what OpenSSL holds is small to the collector, which else lets it lie for long.
 */
import { rotate } from "../../support/tls-rotation.ts";

const rotations = Number(process.argv[2] ?? 10_000);
const connections = Number(process.argv[3] ?? 200);
const cleanup: (() => unknown)[] = [];
const megabyte = 1024 * 1024;

/** Undefined until the first tenth is over: until then caches fill. */
let settled: number | undefined;
let end = 0;

function resident(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage.rss() / megabyte;
}

const began = performance.now();
const result = await rotate({ rotations, connections, handshakeEvery: 10 }, cleanup, (done) => {
  if (done % 100 !== 0) return;
  end = resident();
  if (done >= rotations / 10) settled ??= end;
});
const seconds = (performance.now() - began) / 1000;
process.stdout.write(
  `${JSON.stringify({
    rotations,
    connections,
    seconds: Math.round(seconds),
    ...result,
    handshakesPerSecond: Math.round((2 * result.handshakes) / seconds),
    rssAfterTenthMb: Math.round(settled ?? 0),
    rssGrowthMb: Math.round((end - (settled ?? 0)) * 10) / 10,
  })}\n`,
);
for (const step of cleanup.reverse()) await step();
