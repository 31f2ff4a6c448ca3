import { z } from "zod";
import type { LogsConfig } from "./config.ts";
import { durationOrOff } from "./duration.ts";
import { localEndpoint } from "./endpoint.ts";
import { choice } from "./leaf.ts";
import { path } from "./text.ts";

export const logsSection = z
  .strictObject({
    level: choice(["trace", "debug", "info", "warn", "error"])
      .prefault("info")
      .meta({ description: "The least that is written." }),
    mask: choice(["numbers", "users", "addresses", "off"]).prefault("numbers").meta({
      description:
        "What is made unreadable: `numbers`; `users`: also names; `addresses`: also IP addresses; `off`: nothing.",
    }),
    sip_trace: choice(["off", "summary", "full"]).prefault("off").meta({
      description:
        "A line `sip` for every message: `summary`: who, what, and what its SDP says; `full`: with the whole message, masked. For hours, not for days.",
    }),
  })
  .prefault({})
  .transform(({ sip_trace: sipTrace, ...rest }): LogsConfig => ({ ...rest, sipTrace }))
  .meta({ description: "The log on standard output." });

export const metricsSection = z
  .strictObject({
    listen: localEndpoint().prefault("127.0.0.1:9060").meta({
      description: "Serves /metrics, /health, /healthz and /readyz, without a password.",
    }),
  })
  .prefault({})
  .meta({ description: "Figures for Prometheus." });

export const secretsSection = z
  .strictObject({
    max_age: durationOrOff("1d", "3650d").prefault("730d").meta({
      description:
        "A password or key that is the same for longer is said in `status`, `check` and the log. `off`: none is.",
    }),
  })
  .prefault({})
  .transform((value) => ({ maxAgeMs: value.max_age }))
  .meta({ description: "Passwords and private keys that this file names." });

export const stateSection = z
  .strictObject({
    dir: path().prefault("/var/lib/ringfence").meta({ description: "Folder for what must survive a restart." }),
  })
  .prefault({})
  .meta({ description: "What Ringfence remembers." });
