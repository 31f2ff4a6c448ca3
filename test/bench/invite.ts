/** CPU of one INVITE through parser, checks, policy and serialiser: no sockets, no state, a fresh process each round. */
import { type Bench, median, type Unit } from "./bench.ts";
import { Child } from "./load/child.ts";
import type { InviteCost } from "./load/invite.ts";

/** Measured once with npm `sip` on the machine of the design; not installed here, so a figure to compare with and no ratio. */
const CARRIED = "npm sip, parse and print: 17 µs, carried from another machine";

export const invite: Bench = {
  name: "invite",
  peers: [],
  async run(plan) {
    const costs: InviteCost[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      const child = new Child("invite.ts");
      const cost = await child.ask<object, InviteCost>({});
      await child.stop();
      costs.push(cost);
      plan.say(`round ${round + 1}: ${cost.whole.toFixed(1)} µs`);
    }
    const part = (name: keyof InviteCost): string => median(costs.map((cost) => cost[name])).toFixed(1);
    return [
      {
        work: "parse, check, policy, serialise one INVITE",
        system: "Ringfence",
        unit: "µs" satisfies Unit,
        rounds: costs.map(({ whole }) => whole),
        target: { kind: "at-most", most: 25 },
        note: `parse ${part("parse")}, check and policy ${part("policy")}, serialise ${part("serialize")}; ${CARRIED}`,
      },
    ];
  },
};
