/** CPU of one decision with 1,000 rules about destinations: the number is read, then every rule of the policy is asked. */
import { type Bench, median } from "./bench.ts";
import { Child } from "./load/child.ts";
import { type DecideCost, decidedCalls } from "./load/decide.ts";

export const decide: Bench = {
  name: "decide",
  peers: [],
  async run(plan) {
    const costs: DecideCost[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      const child = new Child("decide.ts");
      const cost = await child.ask<object, DecideCost>({});
      await child.stop();
      costs.push(cost);
      plan.say(`round ${round + 1}: ${decidedCalls.map((call) => `${call} ${cost[call].toFixed(2)} µs`).join(", ")}`);
    }
    const reading = median(costs.map((cost) => cost["reading a number"])).toFixed(2);
    return decidedCalls.map((call) => ({
      work: "decide one call, 1,000 rules",
      system: call,
      unit: "µs" as const,
      rounds: costs.map((cost) => cost[call]),
      target: { kind: "at-most" as const, most: 5 },
      ...(call === "a number that the last rule allows" ? { note: `of it reading the number ${reading}` } : {}),
    }));
  },
};
