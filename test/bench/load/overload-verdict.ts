/** What a row of test/bench/overload.ts shows, in figures for people, and which claims of threat L12 hold in it. */
import type { Claims } from "./claims.ts";
import type { Row } from "./overload-row.ts";
import type { Phase } from "./overload-work.ts";
import type { Waits } from "./witness.ts";

const RECOVERY_MS = 5_000;
/** Tables have an end, and so has what they weigh: calls that ended are known for half a minute more, and 500 a second leave 16,000. */
const MOST_MB = 768;
/** % of the time in which the signalling thread may have nothing to do: beyond it more could have been carried. */
const IDLE = 5;
/** µs by which voice may come less evenly where it was even: half of a timestamp of video, four of G.711. */
const UNHEARD_US = 500;

export interface Verdict {
  /** What L12 claims, in columns. */
  readonly figures: Readonly<Record<string, string | number>>;
  /** Under what conditions. */
  readonly conditions: Readonly<Record<string, string | number>>;
}

/** @param up calls with voice */
export function verdictOn(row: Row, up: number, claims: Claims): Verdict {
  const { method, transport, rate, calm, plains, rounds, mostMb, tried, good } = row;
  const where = `${method} over ${transport}`;
  const floods = rounds.map(({ flood }) => flood);
  const shares = rounds.map(({ flood }, round) => 100 * (flood.perSecond / around(plains, round, "perSecond")));
  const byCpu = rounds.map(({ flood }, round) => 100 * (around(plains, round, "cpuEach") / flood.cpuEach));
  const share = mean(shares);
  const offered = mean(floods.map(({ asked, seen }) => (1_000 * asked) / seen.ms));
  const backMs = Math.max(...rounds.map((one) => one.backMs));
  const uneven = Math.max(...floods.map(({ voice }) => voice.unevenUs));
  const lost = rounds.reduce((sum, round) => sum + round.lost, 0);
  const twoWay = Math.min(...floods.map(({ voice }) => voice.twoWay));
  const success = (100 * good) / tried;
  const even = uneven <= Math.max(2 * calm.voice.unevenUs, calm.voice.unevenUs + UNHEARD_US);
  const slack = plains.map(idle);
  const carries = plains.length > 0;
  const holds = [
    claims.check(
      "capacity",
      slack.every((one) => one <= IDLE),
      `${where}: nothing to do for ${percents(slack)}`,
    ),
    claims.check("offered", offered >= 0.98 * rate, `${where}: ${offered.toFixed(0)} of ${rate.toFixed(0)} a second`),
    claims.check("goodput", !carries || share >= 95, `${where}: ${percents(shares)}`),
    claims.check("legitimate", success >= 99, `${where}: ${success.toFixed(1)} %, ${good} of ${tried}`),
    claims.check("recovery", backMs <= RECOVERY_MS, `${where}: ${seconds(backMs)} s`),
    claims.check("memory", mostMb <= MOST_MB, `${where}: ${mostMb} MB`),
    claims.check(
      "voice",
      lost === 0 && twoWay === up && even,
      `${where}: jitter ${uneven} µs, ${calm.voice.unevenUs} before, ${lost} lost, ${twoWay} both ways`,
    ),
  ].every(Boolean);
  return {
    figures: {
      method,
      transport,
      plain: carries ? Math.round(mean(plains.map(({ perSecond }) => perSecond))) : "",
      offered: Math.round(offered),
      goodput: Math.round(mean(floods.map(({ perSecond }) => perSecond))),
      "%": carries ? Math.round(share) : "",
      rounds: carries ? shares.map(Math.round).join(" ") : "",
      "% by CPU": carries ? Math.round(mean(byCpu)) : "",
      legitimate: `${good}/${tried}`,
      "jitter µs": `${Math.round(calm.voice.unevenUs)} → ${Math.round(uneven)}`,
      lost,
      "back s": seconds(backMs),
      "RSS MB": mostMb,
      holds: holds ? "yes" : "NO",
    },
    conditions: {
      method,
      transport,
      "busy % plain": plains.map(busy).map(Math.round).join(" "),
      "busy % flood": floods.map(busy).map(Math.round).join(" "),
      "idle % plain": slack.map(Math.round).join(" "),
      "idle % flood": floods.map(idle).map(Math.round).join(" "),
      "stolen % plain": plains.map(stolen).map(Math.round).join(" "),
      "stolen % flood": floods.map(stolen).map(Math.round).join(" "),
      ...left(floods),
      "jitter µs plain": carries ? Math.round(Math.max(...plains.map(({ voice }) => voice.unevenUs))) : "",
      "p99 µs": `${calm.voice.p99} → ${Math.max(...floods.map(({ voice }) => voice.p99))}`,
      "voices wait µs": waits(calm, floods, "voices"),
      "kernel waits µs": waits(calm, floods, "kernel"),
      "packets wait µs": waits(calm, floods, "packets"),
    },
  };
}

/** Of what was measured before a round and after it. */
function around(plains: readonly Phase[], round: number, what: "perSecond" | "cpuEach"): number {
  return mean(plains.slice(round, round + 2).map((plain) => plain[what]));
}

/** % of the time in which the signalling thread ran. */
function busy({ seen }: Phase): number {
  return (100 * seen.cpuMs) / seen.ms;
}

/** % of the time in which it had nothing to do. */
function idle({ seen }: Phase): number {
  return (100 * seen.idleMs) / seen.ms;
}

/** % of a processor. */
function stolen({ seen }: Phase): number {
  return (100 * seen.stolenMs) / seen.ms;
}

/** Where requests ended that nobody served, in % of those asked. */
function left(floods: readonly Phase[]): Readonly<Record<string, number>> {
  const asked = floods.reduce((sum, flood) => sum + flood.asked, 0);
  const share = (of: (flood: Phase) => number): number =>
    Math.round((100 * floods.reduce((sum, flood) => sum + of(flood), 0)) / asked);
  return {
    "held %": share(({ held }) => held),
    "kernel %": share(({ seen }) => seen.left.kernel),
    "unread %": share(({ seen }) => seen.left.unread),
    "503 %": share(({ seen }) => seen.left.refused),
  };
}

function waits(calm: Phase, floods: readonly Phase[], who: keyof Waits): string {
  const worst = Math.max(...floods.map(({ seen }) => seen.waitUs[who]));
  return `${Math.round(calm.seen.waitUs[who])} → ${Math.round(worst)}`;
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, one) => sum + one, 0) / figures.length;
}

function percents(figures: readonly number[]): string {
  return `${figures.map((one) => one.toFixed(0)).join(", ")} %`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
