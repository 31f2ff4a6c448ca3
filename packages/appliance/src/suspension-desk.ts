/** Who answers `suspend` and `resume`, and what `status` says of it. */
import type { EdgeHandle, EdgeStatus } from "@ringfence/edge";
import type { ControlDesk } from "./control/protocol.ts";

/** @param store what the edge keeps is written before it is said: who was told that an account is suspended relies on it after a crash too */
export function suspensionDesk(
  edge: Pick<EdgeHandle, "status" | "suspend" | "resume" | "keep">,
  store: { flush(): void },
): Pick<ControlDesk, "suspend" | "resume"> {
  const written = (): void => {
    edge.keep();
    store.flush();
  };
  return {
    suspend({ account, forMs }) {
      const before = edge.status().calls;
      edge.suspend(account, forMs);
      written();
      return { calls: before - edge.status().calls };
    },
    resume({ account }) {
      const was = edge.status().suspended.some((entry) => entry.account === account);
      edge.resume(account);
      written();
      return { was };
    },
  };
}

/** For people, a line each; the rest is counted. */
export function suspensionRows(suspended: EdgeStatus["suspended"]): readonly (readonly [string, string])[] {
  const rows = suspended.slice(0, MOST_SHOWN).map(({ account, since, until, reason }) => {
    const end = until === undefined ? "until resumed" : `until ${new Date(until).toISOString()}`;
    const why = reason === "command" || reason === "fraud-service" ? `by ${reason}` : `for ${reason}`;
    return ["suspended", `${account}, ${why}, since ${new Date(since).toISOString()}, ${end}`] as const;
  });
  const left = suspended.length - rows.length;
  return left === 0 ? rows : [...rows, ["suspended", `and ${left} more: see --json`]];
}

const MOST_SHOWN = 20;
