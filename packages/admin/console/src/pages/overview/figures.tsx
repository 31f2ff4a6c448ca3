/** The numbers of now, each with its last hour: asked once, and then drawn on by every tick. */
import { useEffect, useState } from "preact/hooks";
import type { Overview, SeriesName } from "../../../../src/api/overview.ts";
import type { AnswerTo } from "../../api/questions.ts";
import { Trouble } from "../../parts/notice.tsx";
import { Plot } from "../../parts/plot.tsx";
import { linkTo } from "../../router.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { measured } from "../../text/number.ts";

type History = AnswerTo<"GET", "/history">;

interface Figure {
  readonly series: SeriesName;
  readonly words: string;
  readonly now: (overview: Overview) => number | null;
  readonly digits: number;
  readonly link?: string;
  readonly range?: readonly [number, number];
}

const figures: readonly Figure[] = [
  { series: "calls", words: "Calls", now: ({ calls }) => calls, digits: 0, link: linkTo("calls") },
  {
    series: "registrations",
    words: "Registrations",
    now: ({ registrations }) => registrations,
    digits: 0,
    link: linkTo("registrations"),
  },
  {
    series: "attempts",
    words: "Calls attempted a second",
    now: ({ attemptsPerSecond }) => attemptsPerSecond,
    digits: 1,
  },
  { series: "refused", words: "Refused a second", now: ({ refusedPerSecond }) => refusedPerSecond, digits: 1 },
  {
    series: "bans",
    words: "Bans",
    now: ({ bans }) => bans.source + bans.suspect + bans.account,
    digits: 0,
    link: linkTo("defence"),
  },
  { series: "mos", words: "Quality (MOS)", now: ({ quality }) => quality.mos, digits: 1, range: [1, 5] },
];

/** An hour of points each five seconds. */
const mostPoints = 720;
/** A minute: a plot of less says nothing. What was before the start is a gap. */
const fewestPoints = 12;

export function Figures({ overview }: { readonly overview: Overview }) {
  const { value, error, again } = useAnswer("/history", { query: {} });
  const history = useGrowing(value, overview);
  return (
    <>
      <Trouble error={error} again={again} />
      <div class="figures">
        {figures.map((figure) => (
          <FigureBox key={figure.series} figure={figure} overview={overview} history={history} />
        ))}
      </div>
    </>
  );
}

interface BoxProperties {
  readonly figure: Figure;
  readonly overview: Overview;
  readonly history: Grown | undefined;
}

function FigureBox({ figure: { series, words, now, digits, link, range }, overview, history }: BoxProperties) {
  const values = history?.series[series] ?? [];
  const shown = measured(now(overview), digits);
  const most = values.reduce<number>((before, value) => Math.max(before, value ?? 0), 0);
  const label = `${words}, the last hour: ${shown} now, ${most.toFixed(digits)} at most`;
  return (
    <section class="plot-box" aria-label={words}>
      <div class="figure-head">
        <span>{link === undefined ? words : <a href={link}>{words}</a>}</span>
        <strong>{shown}</strong>
      </div>
      {history !== undefined && (
        <Plot
          label={label}
          times={history.times}
          curves={[{ name: words, values }]}
          height={96}
          digits={most >= 4 ? 0 : digits}
          {...(range === undefined ? {} : { range })}
        />
      )}
    </section>
  );
}

interface Grown {
  readonly times: readonly number[];
  readonly series: Readonly<Partial<Record<SeriesName, readonly (number | null)[]>>>;
  readonly stepMs: number;
}

/** The history with a point for each step that has passed since. */
function useGrowing(history: History | undefined, overview: Overview): Grown | undefined {
  const [grown, setGrown] = useState<Grown>();
  useEffect(() => {
    if (history !== undefined) setGrown(begin(history, overview.at));
  }, [history]);
  useEffect(() => {
    setGrown((before) => (before === undefined ? undefined : grow(before, overview)));
  }, [overview]);
  return grown;
}

function begin({ from, stepMs, series }: History, now: number): Grown {
  const points = Math.max(0, ...Object.values(series).map((values) => values.length));
  const missing = Math.max(0, fewestPoints - points);
  const first = (points === 0 ? now : from) - missing * stepMs;
  const gap = Array<null>(missing).fill(null);
  return {
    stepMs,
    series: Object.fromEntries(Object.entries(series).map(([name, values]) => [name, [...gap, ...values]])),
    times: Array.from({ length: points + missing }, (_, index) => first + index * stepMs),
  };
}

function grow(before: Grown, overview: Overview): Grown {
  const last = before.times.at(-1) ?? 0;
  if (overview.at < last + before.stepMs) return before;
  const longer = figures.map(({ series, now }) => {
    const values = [...(before.series[series] ?? []), now(overview)];
    return [series, values.slice(-mostPoints)] as const;
  });
  return {
    stepMs: before.stepMs,
    times: [...before.times, overview.at].slice(-mostPoints),
    series: Object.fromEntries(longer),
  };
}
