/**
 * Whether the time of an answer tells which accounts and domains exist: the same REGISTER for a known account, an unknown
 * one and an unknown domain, without and with a wrong password, in turns. `node test/bench/enumeration.ts [samples]`
 *
 * Only the edge's own work is timed, octets in to octets out: what a network adds it adds to all alike, and with
 * `authentication: relay` so does the PBX, whose own time is not in it. Ends with 1 when a median is off by more than 5 %.
 */
import { type Asked, type Mode, RegisterProbe } from "../support/register-probe.ts";

const samples = Number(process.argv[2] ?? 10_000);
/** Not counted: the compiler works meanwhile. */
const warmUp = 3_000;
const LARGEST = 5;

const kinds = {
  "known account": (i: number): Asked => ({ user: String(1000 + (i % 200)), domain: "pbx.example.com" }),
  "unknown account": (i: number): Asked => ({ user: String(5000 + (i % 200)), domain: "pbx.example.com" }),
  "unknown domain": (i: number): Asked => ({ user: String(1000 + (i % 200)), domain: "abc.example.com" }),
};
const steps = ["without a password", "with a wrong one"];

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds by kind and step. */
function measure(mode: Mode): ReadonlyMap<string, readonly number[][]> {
  const probe = new RegisterProbe(mode);
  const times = new Map(Object.keys(kinds).map((kind) => [kind, steps.map((): number[] => [])]));
  const order = Object.entries(kinds);
  for (let i = 0; i < samples + warmUp; i++) {
    // Each goes first as often as the others.
    order.push(...order.splice(0, 1));
    for (const [kind, asked] of order) {
      const answers = probe.ask(asked(i), 1);
      if (i >= warmUp)
        for (const [step, answer] of answers.entries()) times.get(kind)?.[step]?.push(answer.milliseconds);
    }
  }
  return times;
}

let largest = 0;
for (const mode of ["edge", "relay"] as const) {
  const times = measure(mode);
  for (const [step, name] of steps.entries()) {
    const medians = [...times].map(([kind, of]) => ({ kind, at: median(of[step] ?? []) }));
    const known = medians[0]?.at ?? Number.NaN;
    for (const { kind, at } of medians) {
      const off = (100 * (at - known)) / known;
      largest = Math.max(largest, Math.abs(off));
      const figure = `${(at * 1000).toFixed(1)} us`.padStart(10);
      console.log(`${mode.padEnd(6)} ${name.padEnd(19)} ${kind.padEnd(16)} ${figure}  ${off.toFixed(1).padStart(5)} %`);
    }
  }
}
console.log(
  `${samples} samples of each; the largest difference of medians is ${largest.toFixed(1)} %, allowed are ${LARGEST} %`,
);
process.exitCode = largest > LARGEST ? 1 : 0;
