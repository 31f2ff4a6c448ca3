/** Why a start failed, as a person would want it said. */
import { RingfenceError } from "@ringfence/policy";
import { portOwner } from "./port-owner.ts";

/** `udp 0.0.0.0:5060 is taken by another program`, `metrics.listen: 127.0.0.1:9060 is taken by another program`. */
const taken = /^(\S+) \S*:(\d+) is taken by another program$/;

/** A taken port comes with the name of who took it, where /proc shows it; and a demo is moved by its option, not by a file. */
export function explainStart(error: unknown, kind: "configured" | "demo"): unknown {
  if (!(error instanceof RingfenceError)) return error;
  const [, where, port] = taken.exec(error.message) ?? [];
  if (port === undefined && error.code !== "already-running") return error;
  const owner = port === undefined ? undefined : portOwner(where === "udp" ? "udp" : "tcp", Number(port));
  const message = owner === undefined ? error.message : error.message.replace("another program", () => owner);
  if (kind === "demo") return new RingfenceError(error.code, message, demoRemedy);
  return new RingfenceError(
    error.code,
    message,
    owner === undefined ? error.remedy : "Stop it, or choose another port",
  );
}

const demoRemedy = "Stop it, or start the demo elsewhere: ./ringfence start --demo-port PORT";
