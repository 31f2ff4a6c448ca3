/** Lays out the network and runs a siege in it. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Order, Question } from "./driver.ts";
import type { FloodOrder, FloodPhase } from "./flood.ts";
import { layOutNetwork, placedIn } from "./network.ts";
import type { RaceOrder, RaceResult } from "./race.ts";
import type { SprayOrder, SprayResult } from "./spray.ts";

export function spraySiege(order: SprayOrder): Promise<SprayResult> {
  return besiege({ kind: "spray", ...order });
}

export function floodSiege(order: FloodOrder): Promise<readonly FloodPhase[]> {
  return besiege({ kind: "flood", ...order });
}

export function raceSiege(order: RaceOrder): Promise<RaceResult> {
  return besiege({ kind: "race", ...order });
}

async function besiege<Result>(order: Order): Promise<Result> {
  const network = layOutNetwork();
  const driver = fileURLToPath(new URL("driver.ts", import.meta.url));
  const [command, args] = placedIn(network.namespaces.parties)(process.execPath, [driver]);
  const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  try {
    return await new Promise<Result>((resolve, reject) => {
      child.once("message", (result) => resolve(result as Result));
      child.once("exit", (code) => reject(new Error(`the siege ended with ${code}`)));
      child.send({ order, namespaces: network.namespaces } satisfies Question);
    });
  } finally {
    if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
    network.close();
  }
}
