/** CPU of the gate's answer for one datagram. The native socket asks without the call from JavaScript, so that its gate costs less than here. */
import type { Bench } from "./bench.ts";
import { Child } from "./load/child.ts";
import { type GateCost, gateCases } from "./load/gate.ts";

export const gate: Bench = {
  name: "gate",
  peers: [],
  async run(plan) {
    const costs: GateCost[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      const child = new Child("gate.ts");
      const cost = await child.ask<object, GateCost>({});
      await child.stop();
      costs.push(cost);
      plan.say(`round ${round + 1}: ${gateCases.map((one) => `${one} ${cost[one].toFixed(2)} µs`).join(", ")}`);
    }
    return gateCases.map((one) => ({
      work: "gate, one datagram of one of 65,536 sources",
      system: one,
      unit: "µs" as const,
      rounds: costs.map((cost) => cost[one]),
    }));
  },
};
