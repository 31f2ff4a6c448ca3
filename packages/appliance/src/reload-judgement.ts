/** What a reload forbids of what stands, as lines for its answer and the log. */
import type { Judgement } from "@ringfence/edge";

export function describeJudgement(
  { calls, registrations, unreachable }: Judgement,
  onReload: "keep" | "end",
): readonly string[] {
  const done = onReload === "end" ? "ended" : "left";
  const lines: string[] = [];
  if (calls.length > 0) {
    const are = calls.length === 1 ? "1 call is" : `${calls.length} calls are`;
    lines.push(`${are} forbidden by the new rules (${reasonsOf(calls)}): ${done}`);
  }
  if (registrations.length > 0) lines.push(`${plural(registrations.length)} no longer allowed: ${done}`);
  if (unreachable.length > 0) lines.push(`${plural(unreachable.length)} on a socket that closes: ended`);
  return lines;
}

function plural(count: number): string {
  return count === 1 ? "1 registration is" : `${count} registrations are`;
}

/** The commonest first. */
function reasonsOf(calls: Judgement["calls"]): string {
  const counts = new Map<string, number>();
  for (const { reason } of calls) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.map(([reason, count]) => (sorted.length === 1 ? reason : `${count} ${reason}`)).join(", ");
}
