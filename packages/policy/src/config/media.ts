import { z } from "zod";
import { duration } from "./duration.ts";
import { ipAddress } from "./endpoint.ts";
import { choice, whole } from "./leaf.ts";
import type { MediaConfig } from "./media-config.ts";
import { portRange } from "./text.ts";

export const mediaSection = z
  .strictObject({
    address: ipAddress().prefault("0.0.0.0").meta({ description: "Address that media ports are opened on." }),
    public_address: ipAddress().optional().meta({
      description: "Behind 1:1 NAT: the address written into SDP for phones and carriers.",
    }),
    ports: portRange().prefault("10000-20000").meta({ description: "UDP ports for media. A call takes four." }),
    engine: choice(["auto", "native", "js"]).prefault("auto").meta({
      description: "What moves the packets. `auto`: native code where it was built, else JavaScript.",
    }),
    threads: whole(1, 64).optional().meta({
      description: "Threads that move packets. Default: one less than the processors, at most 8 (native) or 2 (js).",
    }),
    pin: z.array(whole(0, 1023)).max(64).prefault([]).meta({
      description: "Processors that native threads stay on, one after the other; none: where the system likes.",
    }),
    inactivity: duration("5s", "1d")
      .prefault("60s")
      .meta({ description: "A call without any media for so long is ended." }),
    learn: z
      .strictObject({
        window: duration("500ms", "60s").prefault("3s").meta({
          description: "How long after signalling a stream's address may be learnt.",
        }),
        packets: whole(1, 100).default(5).meta({ description: "Consistent packets before an address is believed." }),
        scope: choice(["signalled-ip"]).prefault("signalled-ip").meta({
          description: "Who may claim a stream: only the address that signals the call.",
        }),
      })
      .prefault({}),
  })
  .prefault({})
  .transform(
    ({ public_address, inactivity, learn, ...rest }): MediaConfig => ({
      ...rest,
      publicAddress: public_address,
      inactivityMs: inactivity,
      learn: { windowMs: learn.window, packets: learn.packets, scope: learn.scope },
    }),
  )
  .meta({ description: "Audio and video." });
