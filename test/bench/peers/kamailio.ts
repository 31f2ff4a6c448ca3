/** Kamailio beside Ringfence: a stateful proxy with record-route, with topology hiding, and with media anchored. */
import { System } from "../system.ts";
import { startRtpengine } from "./rtpengine.ts";
import { theSite } from "./site.ts";

export type Feature = "topoh" | "rtpengine";

const control = "127.0.0.1:12223";

/** @param port each one that runs at the same time has its own */
export function kamailio(port: number, ...features: readonly Feature[]): System {
  const { pbx } = theSite;
  const system = new System(["Kamailio", ...features].join(" + "), { address: "127.0.0.1", port });
  if (features.includes("rtpengine")) startRtpengine(system, { control });
  const defines = features.flatMap((feature) => ["-A", `WITH_${feature.toUpperCase()}`]);
  system.start("kamailio", [
    ...["-f", "test/bench/peers/kamailio.cfg", "-l", `udp:127.0.0.1:${port}`, "-DD", "-E"],
    ...["-A", `UPSTREAM="sip:${pbx.address}:${pbx.port}"`, "-A", `RTPENGINE="udp:${control}"`, ...defines],
    ...["-m", "128", "-M", "16", "-Y", system.path("."), "-P", system.path("kamailio.pid")],
  ]);
  return system;
}
