import { z } from "zod";
import type { CoreConfig } from "./config.ts";
import { lastingEndpoint } from "./endpoint.ts";
import { sessionTimer } from "./session-timer.ts";
import { sideMedia, srtpMode, t38Default } from "./side-media.ts";

export const coreSection = z
  .strictObject({
    phones_from: lastingEndpoint().optional().meta({
      description:
        "Local address for phone traffic to the PBX. Without it: port 5070 on the address that routes to the PBX.",
    }),
    trunks_from: lastingEndpoint().optional().meta({
      description: "Local address for trunk traffic to the PBX, which trusts it. Without it: port 5080.",
    }),
    shared_address: z.boolean().default(false).meta({
      description:
        "The PBX trusts no address, so over TCP and TLS phones and trunks may reach it from one. Without it that is an error.",
    }),
    media: z
      .strictObject({
        srtp: srtpMode.prefault("off").meta({ description: "SRTP towards the PBX." }),
        ...sideMedia(["sdes"]),
      })
      .prefault({})
      .transform(t38Default),
    session_timer: sessionTimer("off"),
  })
  .prefault({})
  .transform(
    ({ phones_from, trunks_from, shared_address, media, session_timer }): CoreConfig => ({
      phonesFrom: phones_from,
      trunksFrom: trunks_from,
      sharedAddress: shared_address,
      media,
      sessionTimer: session_timer,
    }),
  )
  .meta({ description: "The inside, towards the PBX." });
