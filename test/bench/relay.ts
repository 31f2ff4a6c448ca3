/**
 * CPU of one relayed packet, 160 octets of payload: both engines beside rtpengine in userspace and a bare dgram relay,
 * plain and with SRTP on one leg; what it waits and what is lost; and whether it costs more when there are many streams.
 */
import { alternate, type Bench, type Contender, type Figure, type Plan, type Target } from "./bench.ts";
import type { Heard } from "./load/rtp.ts";
import { type Row, rowsFor } from "./relay-rows.ts";
import { lostOf, packetsASecond, runRelay } from "./relay-run.ts";

const none: Target = { kind: "at-most", most: 0 };
const notAbove: Target = { kind: "times-peer", most: 1 };

export const relay: Bench = {
  name: "relay",
  peers: ["rtpengine"],
  async run(plan, has) {
    const heard = new Map<Row, Heard[]>();
    const rows = rowsFor(plan.quick, has("rtpengine"));
    const costs = [
      ...(
        await alternate(
          plan,
          rows.map((row) => contender(plan, row, heard)),
          "µs",
        )
      ).values(),
    ];
    const of = (row: Row): readonly Heard[] => heard.get(row) ?? [];
    return [
      ...rows.map((row, place) => cost(row, costs[place] ?? [], of(row))),
      ...rows.filter(({ judged }) => judged).map((row) => delay(row, of(row))),
      ...rows.filter(({ judged }) => judged).map((row) => loss(row, of(row))),
    ];
  },
};

function contender(plan: Plan, row: Row, heard: Map<Row, Heard[]>): Contender {
  const turn = async (): Promise<number> => {
    const result = await runRelay(row, plan.quick ? 100 : 200);
    heard.set(row, [...(heard.get(row) ?? []), result.heard]);
    return result.microseconds;
  };
  return { system: `${row.work}: ${row.system}`, turn };
}

function cost(row: Row, rounds: readonly number[], heard: readonly Heard[]): Figure {
  const { work, system, peer, target, streams } = row;
  const lost = heard.reduce((sum, one) => sum + lostOf(one), 0);
  const note = `${streams} streams, ${Math.round(packetsASecond(row))} packets/s, ${lost} lost`;
  return { work: `packet, ${work}`, system, unit: "µs", rounds, peer, target, note };
}

/** At the 99th percentile; the generator's own share is the same for all systems. */
function delay({ work, system, relay: by, peer, confined = false }: Row, heard: readonly Heard[]): Figure {
  const rounds = heard.map(({ p99 }) => p99);
  const note = `median ${heard.map(({ p50 }) => p50).join(", ")} µs`;
  const target = by === "native" && !confined ? notAbove : undefined;
  return { work: `delay (p99), ${work}`, system, unit: "µs", rounds, peer, target, note };
}

function loss({ work, system, relay: by, ...row }: Row, heard: readonly Heard[]): Figure {
  const note = `of ${heard.reduce((sum, { sent }) => sum + sent, 0)}, ${packetsASecond(row)} a second`;
  const target = by === "native" ? none : undefined;
  return { work: `packets lost, ${work}`, system, unit: "packets", rounds: heard.map(lostOf), target, note };
}
