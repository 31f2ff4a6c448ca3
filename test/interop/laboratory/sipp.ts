/** SIPp with its own scenarios or one of ours, and the counts it keeps. */
import { readFileSync } from "node:fs";
import type { Program } from "../../support/program.ts";
import type { Laboratory, Party } from "./laboratory.ts";

/** Cumulative, from the last line of its statistics file. */
export interface SippCounts {
  readonly created: number;
  readonly successful: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** Milliseconds, mean over all calls: INVITE to 200 in the built-in caller. */
  readonly responseMs: number;
}

export class Sipp {
  readonly #program: Program;
  readonly #statistics: string;

  private constructor(program: Program, statistics: string) {
    this.#program = program;
    this.#statistics = statistics;
  }

  static start(laboratory: Laboratory, party: Party, name: string, args: readonly string[]): Sipp {
    const statistics = laboratory.path(`${name}.csv`);
    const program = laboratory.run(party, name, {
      command: "sipp",
      args: [
        ...args,
        "-nostdin",
        ...["-trace_stat", "-stf", statistics, "-fd", "1"],
        ...["-trace_err", "-error_file", laboratory.path(`${name}-errors.log`)],
      ],
      cwd: laboratory.folder,
      environment: { TERM: "xterm" },
    });
    return new Sipp(program, statistics);
  }

  /** Exit code: 0 when every call went well, 1 when one failed. */
  get ended(): Promise<number | string> {
    return this.#program.ended;
  }

  stop(): Promise<number | string> {
    // SIPp: finish what runs, write the statistics, end.
    return this.#program.stop("SIGUSR1");
  }

  counts(): SippCounts {
    const [head = "", ...rows] = readFileSync(this.#statistics, "utf8").trimEnd().split("\n");
    const names = head.split(";");
    const values = (rows.at(-1) ?? "").split(";");
    const read = (name: string): number => Number(values[names.indexOf(name)]);
    return {
      created: read("TotalCallCreated"),
      successful: read("SuccessfulCall(C)"),
      failed: read("FailedCall(C)"),
      retransmissions: read("Retransmissions(C)"),
      responseMs: clock(values[names.indexOf("ResponseTime1(C)")] ?? ""),
    };
  }
}

/** `00:00:00:012000`: hours, minutes, seconds, microseconds. */
function clock(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0, micros = 0] = text.split(":").map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + micros / 1_000;
}
