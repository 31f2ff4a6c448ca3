/** The common shape of the benchmarks: each gives figures, `main.ts` makes one table of all. */

export type Unit = "ms" | "µs" | "kB" | "%" | "packets";

/** What was measured of one system doing one work; a figure for each round. */
export interface Figure {
  readonly work: string;
  readonly system: string;
  readonly unit: Unit;
  readonly rounds: readonly number[];
  /** The system, of the same work, whose median is 1.00. */
  readonly peer?: string | undefined;
  readonly target?: Target | undefined;
  /** What the figure alone does not say: calls that failed, packets that were lost. */
  readonly note?: string | undefined;
}

export type Target =
  | { readonly kind: "times-peer"; readonly most: number }
  | { readonly kind: "at-most"; readonly most: number };

export interface Plan {
  readonly rounds: number;
  /** Shorter rounds: the same rows, wider scatter. */
  readonly quick: boolean;
  /** Where CPU profiles go, when they are wanted. */
  readonly profiles: string | undefined;
  say(line: string): void;
}

export interface Bench {
  readonly name: string;
  /** Programs without which rows are missing: named in the table, never skipped in silence. */
  readonly peers: readonly string[];
  run(plan: Plan, has: (program: string) => boolean): Promise<readonly Figure[]>;
}

/** One of those that take turns: a turn is one round, and gives its figure. */
export interface Contender {
  readonly system: string;
  turn(round: number): number | Promise<number>;
}

/** Each contender once a round, in turns, so that what else the machine does meets all of them. */
export async function alternate(
  plan: Plan,
  contenders: readonly Contender[],
  unit: Unit,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const figures = new Map<string, number[]>(contenders.map(({ system }) => [system, []]));
  for (let round = 0; round < plan.rounds; round++) {
    for (const { system, turn } of contenders) {
      const figure = await turn(round);
      figures.get(system)?.push(figure);
      plan.say(`round ${round + 1}: ${system}: ${figure.toPrecision(3)} ${unit}`);
    }
  }
  return figures;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
