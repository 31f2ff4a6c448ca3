/**
 * What every fuzz target shares: a seed that reproduces the run, a loop bounded by seconds or by executions, and crashes
 * kept as octets in test/fuzz/corpus/, where the deterministic run replays them for ever.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export interface FuzzTarget {
  readonly name: string;
  /** Octets known to reach deep; mutated again and again. */
  readonly seeds: readonly Uint8Array[];
  /** Throws when an invariant is broken. */
  readonly run: (input: Uint8Array) => void;
  /** Makes one input. Default: one to eight mutations of a seed. */
  readonly generate?: (dice: Dice, seeds: readonly Uint8Array[]) => Uint8Array;
}

/** A uniform integer from 0 to `below` - 1. */
export type Dice = (below: number) => number;

const corpusFolder = fileURLToPath(new URL("./corpus/", import.meta.url));

/** mulberry32: small, seedable, good enough to shuffle octets. */
function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const interesting = Buffer.from('\r\n\t \0\x01\x7f\x80\xc0\xff:;,<>"\\@%?=/[]()0919-+*', "latin1");

/** Octet-level mutations: flip, replace, insert, remove, repeat a slice, splice in part of another seed. */
export function mutate(dice: Dice, seeds: readonly Uint8Array[]): Uint8Array {
  let octets: Buffer = Buffer.from(pick(dice, seeds));
  for (let round = dice(8); round >= 0; round--) octets = mutateOnce(dice, octets, seeds);
  return octets;
}

function mutateOnce(dice: Dice, octets: Buffer, seeds: readonly Uint8Array[]): Buffer {
  const at = dice(octets.length + 1);
  const end = Math.min(octets.length, at + 1 + dice(40));
  const before = octets.subarray(0, at);
  switch (dice(7)) {
    case 0:
      if (at < octets.length) octets[at] = (octets[at] ?? 0) ^ (1 << dice(8));
      return octets;
    case 1:
      if (at < octets.length) octets[at] = interesting[dice(interesting.length)] ?? 0;
      return octets;
    case 2:
      return Buffer.concat([before, Buffer.of(dice(256)), octets.subarray(at)]);
    case 3:
      return Buffer.concat([before, octets.subarray(end)]);
    case 4:
      return Buffer.concat([octets.subarray(0, end), octets.subarray(at)]);
    case 5:
      return Buffer.concat([before, line(dice, pick(dice, seeds)), octets.subarray(at)]);
    default:
      return Buffer.from(before);
  }
}

/** One line of another seed, with its line end: header fields meet messages they were never written for. */
function line(dice: Dice, seed: Uint8Array): Uint8Array {
  const octets = Buffer.from(seed);
  const from = octets.indexOf("\r\n", dice(octets.length + 1));
  const to = from < 0 ? -1 : octets.indexOf("\r\n", from + 2);
  return to < 0 ? octets.subarray(0, dice(octets.length + 1)) : octets.subarray(from, to);
}

function pick<T>(dice: Dice, list: readonly T[]): T {
  const item = list[dice(list.length)];
  if (item === undefined) throw new Error("a fuzz target needs at least one seed");
  return item;
}

/** Every crash that was ever saved for the target. */
export function corpusOf(name: string): readonly { readonly file: string; readonly bytes: Uint8Array }[] {
  if (!existsSync(corpusFolder)) return [];
  return readdirSync(corpusFolder)
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith(".dat"))
    .map((file) => ({ file, bytes: readFileSync(corpusFolder + file) }));
}

/** Runs `count` inputs; throws the first broken invariant with its octets in hexadecimal. */
export function fuzzTimes(target: FuzzTarget, seed: number, count: number): void {
  const dice = diceOf(seed);
  for (let done = 0; done < count; done++) execute(target, (target.generate ?? mutate)(dice, target.seeds));
}

function execute(target: FuzzTarget, input: Uint8Array): void {
  try {
    target.run(input);
  } catch (error) {
    throw new Error(`${target.name} on ${Buffer.from(input).toString("hex")}`, { cause: error });
  }
}

/** `--seconds N [--seed N]`: shares the time between the targets, prints one line each, exit code 1 after a crash. */
export function fuzzMain(targets: readonly FuzzTarget[]): void {
  const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" } } });
  const seconds = Number(values.seconds ?? 60) / targets.length;
  const seed = Number(values.seed ?? Date.now() % 2 ** 32);
  const found = targets.map((target) => fuzzFor(target, seed, seconds)).filter((crashes) => crashes > 0);
  process.exitCode = found.length === 0 ? 0 : 1;
}

const MAX_CRASHES = 10;

function fuzzFor(target: FuzzTarget, seed: number, seconds: number): number {
  const dice = diceOf(seed);
  const generate = target.generate ?? mutate;
  const start = Date.now();
  let executions = 0;
  let crashes = 0;
  while (Date.now() - start < seconds * 1000 && crashes < MAX_CRASHES) {
    for (let batch = 0; batch < 100; batch++, executions++) {
      const input = generate(dice, target.seeds);
      try {
        target.run(input);
      } catch (error) {
        crashes++;
        process.stdout.write(`${save(target.name, input)}: ${error instanceof Error ? error.stack : error}\n`);
      }
    }
  }
  const rate = Math.round((executions * 1000) / (Date.now() - start));
  process.stdout.write(`${target.name}: seed ${seed}, ${executions} executions, ${rate}/s, ${crashes} findings\n`);
  return crashes;
}

function save(name: string, input: Uint8Array): string {
  mkdirSync(corpusFolder, { recursive: true });
  const digest = createHash("sha256").update(input).digest("hex").slice(0, 16);
  const file = `${corpusFolder}${name}-${digest}.dat`;
  writeFileSync(file, input);
  return file;
}
