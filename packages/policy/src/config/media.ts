import { z } from "zod";
import { duration } from "./duration.ts";
import { ipAddress } from "./endpoint.ts";
import { choice, whole } from "./leaf.ts";
import type { MediaConfig } from "./media-config.ts";
import { mediaEngine } from "./media-engine.ts";
import { label, portRange } from "./text.ts";

export const mediaSection = z
  .strictObject({
    address: ipAddress().prefault("0.0.0.0").meta({ description: "Address that media ports are opened on." }),
    public_address: ipAddress().optional().meta({
      description: "Behind 1:1 NAT: the address written into SDP for phones and carriers.",
    }),
    ports: portRange().prefault("10000-20000").meta({ description: "UDP ports for media. A call takes four." }),
    engine: mediaEngine().prefault("auto").meta({
      description:
        "What moves the packets. `auto`: native code where it was built, else JavaScript. Instances of rtpengine: by weight (`udp://10.0.0.7:2223;weight=2`), those that answer; see [rtpengine.md](rtpengine.md).",
    }),
    threads: whole(1, 64).optional().meta({
      description:
        "Threads that move packets. Default: one for each processor in `pin`; without it one less than the processors, at most 8 (native) or 2 (js).",
    }),
    pin: z.array(whole(0, 1023)).max(64).prefault([]).meta({
      description:
        "Processors that native threads stay on, one after the other, as `lscpu` numbers them; none: where the system likes. On a machine with several memories (NUMA): those at the network card.",
    }),
    interfaces: z
      .strictObject({
        outside: label().meta({ description: "Towards phones and carriers." }),
        inside: label().meta({ description: "Towards the PBX." }),
      })
      .optional()
      .meta({ description: "Names of the rtpengine instances' interfaces. Without it: their first for both." }),
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
