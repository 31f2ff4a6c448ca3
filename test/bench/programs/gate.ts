/** Asks the gate again and again, as many sources as its table has room for behind it. Asked by `gate.ts`. */
import { Gate, nativeGate } from "@ringfence/dgram-rate-limiter";
import { answering } from "../load/child.ts";
import type { GateCost } from "../load/gate.ts";

const LETTER = 0x49;
const SIZE = 500;
const sources = Array.from({ length: 65_536 }, (_, i) => `198.${18 + (i & 1)}.${(i >> 9) & 127}.${(i >> 1) & 255}`);

/** The gate in TypeScript, or its twin in C++. */
interface Asked {
  admit(now: number, address: string, size: number, firstByte: number): number;
}

/** Processor time of this thread: a busy neighbour shall not count. */
function steady(work: (turn: number) => void): number {
  const times = 50_000;
  const runs = Array.from({ length: 9 }, () => {
    const start = process.threadCpuUsage();
    for (let turn = 0; turn < times; turn++) work(turn);
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / times;
  }).sort((a, b) => a - b);
  return runs[4] ?? Number.NaN;
}

function costs(of: (gate: Gate) => Asked) {
  const address = (turn: number): string => sources[(turn * 7_919) & 65_535] ?? "";
  const wide = of(new Gate({ seed: 1, packetsPerSecond: 1_000_000 }));
  const narrow = of(new Gate({ seed: 1, packetsPerSecond: 1, burst: 1 }));
  const spent = of(new Gate({ seed: 1, strangersPerSecond: 10 }));
  for (const source of sources) for (const gate of [wide, narrow]) gate.admit(0, source, SIZE, LETTER);
  return {
    admitted: steady((turn) => wide.admit(1, address(turn), SIZE, LETTER)),
    overRate: steady((turn) => narrow.admit(1, address(turn), SIZE, LETTER)),
    unseen: steady((turn) => spent.admit(1, address(turn), SIZE, LETTER)),
  };
}

answering<object>((): GateCost => {
  const ours = costs((gate) => gate);
  const native = costs((gate) => nativeGate(gate) ?? gate);
  return {
    "TypeScript, admitted": ours.admitted,
    "TypeScript, refused: over its rate": ours.overRate,
    "TypeScript, refused: a source never seen, strangers' budget spent": ours.unseen,
    "C++ called from JavaScript, admitted": native.admitted,
    "C++ called from JavaScript, refused: over its rate": native.overRate,
    "C++ called from JavaScript, refused: a source never seen, strangers' budget spent": native.unseen,
  };
});
