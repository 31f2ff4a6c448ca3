import { z } from "zod";
import { durationOrOff } from "./duration.ts";
import { localEndpoint } from "./endpoint.ts";
import { path } from "./text.ts";

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
