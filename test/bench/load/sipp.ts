/** SIPp calls and answers, from its built-in scenarios: INVITE with SDP, 180, 200, ACK, a pause, BYE. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../bench.ts";
import { theSite } from "../peers/site.ts";
import { endsWithUs } from "../system.ts";
import type { Place } from "./phones.ts";

export interface Drive {
  readonly to: Place;
  readonly calls: number;
  /** Calls begun a second; one SIPp saturates near 1,000. */
  readonly rate: number;
  /** From ACK to BYE, in ms. */
  readonly holdMs?: number;
  /** Two SIPp at the same time need a port each. */
  readonly from?: Place;
}

/** The callee: where the PBX is. Ends with `stop`. */
export async function answerer({ pbx } = theSite): Promise<{ stop(): void }> {
  const child = sipp("uas", "-i", pbx.address, "-p", String(pbx.port));
  await sleep(500);
  return { stop: () => child.kill("SIGKILL") };
}

/** @returns the number of calls that succeeded */
export async function drive({ to, calls, rate, holdMs = 0, from = theSite.caller }: Drive): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-sipp-"));
  const statistics = join(folder, "calls.csv");
  const child = sipp(
    "uac",
    ...["-i", from.address, "-p", String(from.port), "-r", String(rate), "-m", String(calls), "-d", String(holdMs)],
    ...["-l", String(calls), "-trace_stat", "-fd", "1", "-stf", statistics, `${to.address}:${to.port}`],
  );
  await new Promise((resolve) => child.once("exit", resolve));
  const lines = readFileSync(statistics, "utf8").trim().split("\n");
  rmSync(folder, { recursive: true, force: true });
  const column = lines[0]?.split(";").indexOf("SuccessfulCall(C)") ?? -1;
  return Number(lines.at(-1)?.split(";")[column] ?? 0);
}

function sipp(scenario: string, ...args: readonly string[]): ChildProcess {
  const child = spawn("sipp", ["-sn", scenario, "-nostdin", ...args], { stdio: "ignore" });
  return endsWithUs(child);
}
