/** Kamailio beside Ringfence: a stateful proxy with record-route, with topology hiding, and with media anchored. */
import { System } from "../system.ts";
import { pbx } from "./ringfence.ts";

export type Feature = "topoh" | "rtpengine";

const control = "127.0.0.1:12223";

/** @param port each one that runs at the same time has its own */
export function kamailio(port: number, ...features: readonly Feature[]): System {
  const system = new System(["Kamailio", ...features].join(" + "), { address: "127.0.0.1", port });
  if (features.includes("rtpengine")) startRtpengine(system, control);
  const defines = features.flatMap((feature) => ["-A", `WITH_${feature.toUpperCase()}`]);
  system.start("kamailio", [
    ...["-f", "test/bench/peers/kamailio.cfg", "-l", `udp:127.0.0.1:${port}`, "-DD", "-E"],
    ...["-A", `UPSTREAM="sip:${pbx.address}:${pbx.port}"`, "-A", `RTPENGINE="udp:${control}"`, ...defines],
    ...["-m", "128", "-M", "16", "-Y", system.path("."), "-P", system.path("kamailio.pid")],
  ]);
  return system;
}

/** In userspace (`--table=-1`): a kernel module is nothing that a benchmark may ask for. */
function startRtpengine(system: System, controlAt: string): void {
  system.start("rtpengine", [
    ...["--foreground", "--table=-1", "--interface=127.0.0.1", `--listen-ng=${controlAt}`],
    ...["--port-min=35000", "--port-max=39999", "--log-level=3", "--log-stderr"],
    `--pidfile=${system.path("rtpengine.pid")}`,
  ]);
}
