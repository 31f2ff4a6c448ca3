/** How a call sounds, in a word: the worse of its two directions. */
import type { Call } from "../../../../src/api/calls.ts";
import { State } from "../../parts/state.tsx";
import { heard } from "../../text/number.ts";

const kinds = { good: "good", fair: "warn", poor: "bad" } as const;

export function Mark({ call: { a, b } }: { readonly call: Pick<Call, "a" | "b"> }) {
  const marks = [a.sound?.mos, a.sound?.heardMos, b.sound?.mos, b.sound?.heardMos].filter(
    (mark) => typeof mark === "number",
  );
  if (marks.length === 0) return <span class="quiet">not measured yet</span>;
  const worst = Math.min(...marks);
  const word = heard(worst);
  return (
    <State kind={kinds[word]}>
      {word}, {worst.toFixed(1)}
    </State>
  );
}
