/** What was used of what may be used: in numbers, with a bar beside them. */
import type { Account } from "../../../../src/api/accounts.ts";
import { State } from "../../parts/state.tsx";

interface Properties {
  readonly figure: Account["calls"];
  readonly digits?: number;
  readonly unit?: string;
}

/** From here on a limit is near. */
const near = 0.8;

export function Use({ figure: { used, most }, digits = 0, unit = "" }: Properties) {
  if (used === null) return <span class="quiet">not known</span>;
  const value = `${used.toFixed(digits)}${most === null ? "" : ` of ${most.toFixed(digits)}`}${unit === "" ? "" : ` ${unit}`}`;
  if (most === null) return <span class="use">{value}</span>;
  const share = most === 0 ? 1 : Math.min(1, used / most);
  const kind = share >= 1 ? "over" : share >= near ? "near" : "";
  return (
    <span class="use">
      {value} {kind === "over" && <State kind="bad">reached</State>}
      {kind === "near" && <State kind="warn">near</State>}
      <span class={`bar ${kind}`} aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  );
}
