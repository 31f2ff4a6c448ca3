/** How one call has sounded: marks, loss and jitter of both directions. */
import type { Curves } from "../../../../src/api/calls.ts";
import { Empty, Trouble } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { Plot } from "../../parts/plot.tsx";
import { useAnswer } from "../../state/use-answer.ts";

export function Quality({ id }: { readonly id: string }) {
  const { value, error } = useAnswer("/calls/:id/quality", { params: { id } }, { everyMs: 5_000 });
  const about = "What each side sends, as it arrives here: the caller in the accent colour, the called side in grey.";
  return (
    <Section title="Quality" about={about}>
      {error?.status === 404 ? (
        <Empty title="Nothing was measured.">The first point comes five seconds after somebody speaks.</Empty>
      ) : (
        <Trouble error={error} />
      )}
      {value !== undefined && <Plots curves={value} />}
    </Section>
  );
}

const kinds = [
  { name: "mos", words: "MOS", digits: 1, range: [1, 5], scale: 1 },
  { name: "loss", words: "Loss in per cent", digits: 1, range: undefined, scale: 100 },
  { name: "jitterMs", words: "Jitter in milliseconds", digits: 0, range: undefined, scale: 1 },
] as const;

function Plots({ curves: { from, stepMs, a, b } }: { readonly curves: Curves }) {
  const points = Math.max(a.mos.length, b.mos.length);
  if (points === 0)
    return <Empty title="Nothing was measured yet.">The first point comes after five seconds of sound.</Empty>;
  const times = Array.from({ length: points }, (_, index) => from + index * stepMs);
  return (
    <div class="figures">
      {kinds.map(({ name, words, digits, range, scale }) => {
        const [caller, called] = [a[name], b[name]].map((values) =>
          values.map((value) => (value === null ? null : value * scale)),
        );
        const last = (values: readonly (number | null)[] | undefined): string =>
          values?.at(-1)?.toFixed(digits) ?? "nothing";
        return (
          <section key={name} class="plot-box" aria-label={words}>
            <div class="figure-head">
              <span>{words}</span>
            </div>
            <Plot
              label={`${words}: caller ${last(caller)}, called side ${last(called)} now`}
              times={times}
              curves={[
                { name: "caller", values: caller ?? [] },
                { name: "called", values: called ?? [], colour: "quiet" },
              ]}
              digits={digits}
              {...(range === undefined ? {} : { range })}
            />
          </section>
        );
      })}
    </div>
  );
}
