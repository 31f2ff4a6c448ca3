/**
 * kill -9 in the middle of upgrades and downgrades of the Debian package, on a bare machine where it serves. By hand, as root:
 *
 *   node test/kill/upgrade.ts [--rounds 100] [--seed 1]
 */
import { parseArgs } from "node:util";
import { newKey } from "../../packages/appliance/src/backup/new-key.ts";
import { BareMachine } from "../interop/laboratory/bare-machine.ts";
import { Laboratory } from "../interop/laboratory/laboratory.ts";
import { debianPackage } from "../support/debian-package.ts";
import { killRounds } from "./kill-rounds.ts";
import { servingMachine } from "./serving-machine.ts";
import { backedUp, upgradeSubject } from "./upgrade-subject.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "100" }, seed: { type: "string", default: "1" } },
});
const packages = { old: await debianPackage("0.1.0"), young: await debianPackage("0.1.1") };
const laboratory = Laboratory.open("kill-upgrade");
const machine = await BareMachine.start(laboratory);
try {
  const key = await newKey();
  await servingMachine(machine, packages.old, backedUp(key));
  await killRounds(
    {
      rounds: Number(values.rounds),
      seed: Number(values.seed),
      onRound: (round, at, takes) => console.log(`round ${round}: killed after ${at} of ${Math.round(takes)} ms`),
    },
    await upgradeSubject(machine, packages, key),
  );
  console.log("nothing was lost");
} finally {
  await machine.stop();
  await laboratory.close();
}
