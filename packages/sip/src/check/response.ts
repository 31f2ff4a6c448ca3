/** What RFC 3261 §8.1.3 and §18.1.2 ask of a response that parsed. Whoever fails is dropped: responses get no answer. */
import type { Response } from "../message/message.ts";
import type { CheckFailure } from "./request.ts";

export type DroppedResponse = Pick<CheckFailure, "check" | "reason">;

type Check = (response: Response) => string | undefined;

export function checkResponse(response: Response): DroppedResponse | undefined {
  for (const [check, find] of checks) {
    const reason = find(response);
    if (reason !== undefined) return { check, reason };
  }
  return undefined;
}

const checks: readonly (readonly [string, Check])[] = [
  ["one-via", oneVia],
  ["branch-ours", branchOurs],
];

/** In the order they are made. */
export const responseCheckNames: readonly string[] = checks.map(([name]) => name);

/** §8.1.3.3: we send one Via, so a second one means the response is not for us, or wants to be sent on (RFC 4475 bcast). */
function oneVia({ vias }: Response): string | undefined {
  return vias.length === 1 ? undefined : "More than one Via in a response";
}

/** Every request we send has a branch. */
function branchOurs({ via }: Response): string | undefined {
  return via.branch === undefined ? "Via without branch in a response" : undefined;
}
