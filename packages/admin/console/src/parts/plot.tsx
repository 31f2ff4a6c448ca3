/** Curves over time. For those who cannot see them, the label says what they show. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { useTheme } from "../state/theme.ts";
import { clock } from "../text/time.ts";

export interface Curve {
  readonly name: string;
  /** As many as there are times; null: nothing was measured. */
  readonly values: readonly (number | null)[];
  /** The accent, or one of the words for states. */
  readonly colour?: "accent" | "quiet" | "warn" | "bad";
}

interface Properties {
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly curves: readonly Curve[];
  readonly height?: number;
  readonly digits?: number;
  /** What the axis always shows; without it, from zero to the largest value. */
  readonly range?: readonly [from: number, to: number];
}

export function Plot({ label, times, curves, height = 120, digits = 0, range }: Properties) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const theme = useTheme();
  const form = `${curves.map(({ name, colour }) => `${name} ${colour}`).join()} ${height} ${digits} ${range?.join()} ${theme}`;

  // Drawn anew when its form changes; new values alone are only set.
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(options(element, { curves, height, digits, range }), dataOf(times, curves), element);
    plot.current = made;
    const onSize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    onSize.observe(element);
    return () => {
      onSize.disconnect();
      made.destroy();
    };
  }, [form]);

  useEffect(() => plot.current?.setData(dataOf(times, curves)), [times, curves]);

  return <div class="plot" ref={place} role="img" aria-label={label} />;
}

function dataOf(times: readonly number[], curves: readonly Curve[]): uPlot.AlignedData {
  return [times.map((at) => at / 1_000), ...curves.map(({ values }) => [...values])];
}

const steps = [-2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((first) => first * 10 ** power));

type Form = Required<Pick<Properties, "curves" | "height" | "digits">> & {
  readonly range: Properties["range"] | undefined;
};

function options(element: HTMLElement, { curves, height, digits, range }: Form): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour("muted"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui",
  };
  return {
    width: element.clientWidth,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: range === undefined ? (_plot, _low, high) => [0, Math.max(high * 1.15, 1)] : [...range] } },
    axes: [
      {
        ...axis,
        size: 22,
        space: 70,
        values: (_plot, splits, _axis, _space, step) => splits.map((at) => clockOf(at, step)),
      },
      {
        ...axis,
        size: 36,
        space: 28,
        // No step finer than its digits: two lines would have one name.
        incrs: steps.filter((step) => step >= 10 ** -digits),
        values: (_plot, splits) => splits.map((value) => value.toFixed(digits)),
      },
    ],
    series: [
      {},
      ...curves.map(({ name, colour: word = "accent" }) => ({
        label: name,
        stroke: colour(word),
        ...(word === "accent" ? { fill: colour("accent-veil") } : {}),
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}

/** @param step seconds between two labels: none shall look like the one before it */
function clockOf(seconds: number, step: number): string {
  const text = clock(seconds * 1_000);
  return step < 60 ? text : text.slice(0, -":00".length);
}
