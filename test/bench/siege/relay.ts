/** The relay that is laid siege to: Ringfence with its own signalling, or rtpengine, asked as Kamailio would ask it. */
import { readFileSync } from "node:fs";
import { sleep } from "../bench.ts";
import { type CallControl, CarrierCalls } from "../load/carrier-calls.ts";
import { NgCalls } from "../load/ng-calls.ts";
import type { PortRange } from "../load/stranger.ts";
import { ready } from "../metrics.ts";
import { logFile, ringfence } from "../peers/ringfence.ts";
import { startRtpengine } from "../peers/rtpengine.ts";
import { System } from "../system.ts";
import { hosts, placedIn, site } from "./network.ts";

export const relayNames = ["native", "js", "rtpengine"] as const;
export type RelayName = (typeof relayNames)[number];

export interface Relay {
  readonly calls: CallControl;
  readonly pid: number;
  /** Lines of its log so far that name this event. */
  lines(event: string): number;
  stop(): Promise<void>;
}

export function startRelay(name: RelayName, ports: PortRange, namespace: string): Promise<Relay> {
  return name === "rtpengine" ? startControl(ports, namespace) : startOurs(name, ports, namespace);
}

async function startOurs(engine: "native" | "js", ports: PortRange, namespace: string): Promise<Relay> {
  const system = ringfence({
    site,
    trunkMedia: 'srtp: "optional"',
    media: `ports: ${ports.first}-${ports.last}, engine: ${engine}`,
    placed: placedIn(namespace),
  });
  await ready(site);
  const calls = await CarrierCalls.open(site, true);
  return {
    calls,
    pid: system.pid,
    lines: (event) => readFileSync(system.path(logFile), "utf8").split(`"event":"${event}"`).length - 1,
    async stop() {
      calls.close();
      await system.stop();
    },
  };
}

/** As it comes: no flag says that sources be trusted less, or more. */
async function startControl(ports: PortRange, namespace: string): Promise<Relay> {
  const control = { address: hosts.relayInside, port: 2_223 };
  const system = new System("rtpengine", control);
  startRtpengine(system, {
    control: `${control.address}:${control.port}`,
    interfaces: [`outside/${hosts.relayOutside}`, `inside/${hosts.relayInside}`],
    ports,
    placed: placedIn(namespace),
  });
  const calls = new NgCalls(control, ["outside", "inside"]);
  await untilAnswers(calls);
  return {
    calls,
    pid: system.pid,
    lines: () => 0,
    async stop() {
      calls.close();
      await system.stop();
    },
  };
}

async function untilAnswers(calls: NgCalls): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    if (await calls.ping()) return;
    await sleep(100);
  }
  throw new Error("rtpengine does not start");
}
