/** The guard of the kernel's bans for one running Ringfence: the configuration in force says whether and where. */
import { existsSync } from "node:fs";
import type { EdgeHandle } from "@ringfence/edge";
import { ruleset } from "@ringfence/firewall";
import { askFirewall } from "../io/firewall-client.ts";
import { sendProbe } from "../io/probe-packet.ts";
import type { Loaded } from "../loading.ts";
import type { Log } from "../logs/logger.ts";
import { KernelGuard } from "./kernel-guard.ts";
import type { KernelStatus } from "./kernel-status.ts";
import { probeTargets } from "./probe-targets.ts";

export function startKernelGuard(
  edge: Pick<EdgeHandle, "outcasts" | "status">,
  inForce: () => Loaded,
  log: Pick<Log, "line">,
): KernelGuard {
  const settings = () => inForce().file.config.defence;
  const socket = (): string => settings().kernel.socket;
  const guard = new KernelGuard({
    unwanted() {
      if (settings().mode === "shadow") return inShadow;
      return settings().kernel.nftables === "off" ? switchedOff : undefined;
    },
    hasHelper: () => existsSync(socket()),
    mustHaveHelper: () => settings().kernel.nftables === "on",
    madeFrom: () => ruleset(inForce().file.config, "").madeFrom,
    wanted: () => edge.outcasts(),
    targets: () => {
      const { policy } = inForce();
      return probeTargets(edge.status().listeners, (from) => policy.isExempt(from) || policy.isDenied(from));
    },
    ask: (request) => askFirewall(socket(), request),
    send: sendProbe,
    now: Date.now,
    log,
  });
  guard.start();
  return guard;
}

const inShadow: Pick<KernelStatus, "state" | "why"> = { state: "shadow", why: "defence.mode is shadow" };
const switchedOff: Pick<KernelStatus, "state" | "why"> = { state: "off", why: "defence.kernel.nftables is off" };
