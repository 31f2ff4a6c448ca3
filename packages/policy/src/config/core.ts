import { z } from "zod";
import type { CoreConfig } from "./config.ts";
import { localEndpoint } from "./endpoint.ts";
import { srtpMode, suiteList } from "./phones.ts";
import { sessionTimer } from "./session-timer.ts";

export const coreSection = z
  .strictObject({
    phones_from: localEndpoint().optional().meta({
      description:
        "Local address for phone traffic to the PBX. Without it: port 5070 on the address that routes to the PBX.",
    }),
    trunks_from: localEndpoint().optional().meta({
      description: "Local address for trunk traffic to the PBX, which trusts it. Without it: port 5080.",
    }),
    media: z
      .strictObject({
        srtp: srtpMode.prefault("off").meta({ description: "SRTP towards the PBX." }),
        suites: suiteList,
      })
      .prefault({}),
    session_timer: sessionTimer("off"),
  })
  .prefault({})
  .transform(
    ({ phones_from, trunks_from, media, session_timer }): CoreConfig => ({
      phonesFrom: phones_from,
      trunksFrom: trunks_from,
      media,
      sessionTimer: session_timer,
    }),
  )
  .meta({ description: "The inside, towards the PBX." });
