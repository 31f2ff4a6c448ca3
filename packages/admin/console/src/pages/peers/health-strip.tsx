/** The last hour of a host as a strip, and its changes in words below for those who want them. */
import type { Trunk } from "../../../../src/api/peers.ts";
import { many } from "../../text/number.ts";
import { duration, moment } from "../../text/time.ts";

type Host = Trunk["hosts"][number];

interface Properties {
  /** The oldest first. */
  readonly changes: Host["changes"];
  readonly now: Host["state"];
  readonly label: string;
}

const shownMs = 3_600_000;

export function HealthStrip({ changes, now, label }: Properties) {
  const end = Date.now();
  const spans = spansOf(changes, now, end);
  const downMs = spans.filter(({ state }) => state === "down").reduce((sum, { from, to }) => sum + to - from, 0);
  const words = downMs === 0 ? "never down" : `down for ${duration(downMs)}`;
  return (
    <>
      <svg class="strip" viewBox="0 0 3600 10" preserveAspectRatio="none" role="img" aria-label={`${label}: ${words}`}>
        {spans.map(({ from, to, state }) => (
          <rect
            key={from}
            class={state}
            x={(from - end + shownMs) / 1_000}
            y={0}
            width={(to - from) / 1_000}
            height={10}
          />
        ))}
      </svg>
      <p class="strip-words quiet">
        <span>an hour ago</span>
        <span>{words} in this hour</span>
        <span>now</span>
      </p>
      {changes.length > 0 && (
        <details>
          <summary>{many(changes.length, "change")}</summary>
          <ol class="lines" reversed>
            {changes.toReversed().map(({ at, state }) => (
              <li key={at}>
                {moment(at)} {state}
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly state: Host["state"];
}

/** What it was before the first change is not known, but that it was not what it became. */
function spansOf(changes: Host["changes"], now: Host["state"], end: number): readonly Span[] {
  const begin = end - shownMs;
  const [first] = changes;
  if (first === undefined) return [{ from: begin, to: end, state: now }];
  const before: Span[] = first.at > begin ? [{ from: begin, to: first.at, state: "unknown" }] : [];
  const after = changes.map(({ at, state }, index) => ({
    from: Math.max(at, begin),
    to: changes[index + 1]?.at ?? end,
    state,
  }));
  return [...before, ...after.filter(({ from, to }) => to > from)];
}
