import { z } from "zod";
import type { DefenceConfig } from "./config.ts";
import { duration } from "./duration.ts";
import { cidr } from "./endpoint.ts";
import { choice, whole } from "./leaf.ts";

export const defenceSection = z
  .strictObject({
    mode: choice(["enforce", "shadow"]).prefault("enforce").meta({
      description:
        "`shadow`: rates and failures are decided, counted and logged, and nothing is done about them: for a first day in a new place. `deny` and the numbers of connections are enforced all the same.",
    }),
    allow: z.array(cidr()).max(100_000).prefault([]).meta({
      description: "Sources that are never rate-limited or banned. They obey every other rule.",
    }),
    deny: z.array(cidr()).max(100_000).prefault([]).meta({
      description: "Sources that get no answer at all, not even for an emergency call. Stronger than `allow`.",
    }),
    source: z
      .strictObject({
        packets_per_second: whole(1, 1_000_000).default(200).meta({
          description:
            "Messages a second from one address (IPv6: one /64); five seconds' worth may come at once. An office of 300 phones needs about 100.",
        }),
        connections: whole(1, 10_000).default(32).meta({
          description:
            "TCP, TLS and WebSocket connections that one address (IPv6: one /64) may hold at one time. PBX, trunks and `allow` are not limited.",
        }),
      })
      .prefault({}),
    strangers: z
      .strictObject({
        connections: whole(16, 20_000).default(2_000).meta({
          description:
            "TCP, TLS and WebSocket connections on which nobody has registered yet, at one time, of all sources. When they are taken, a new one gets the place of the source that holds most. The default is what one processor can give a handshake to within the 8 s that there are for it. One takes up to 70 kB.",
        }),
      })
      .prefault({}),
    failures: z
      .strictObject({
        window: duration("10s", "1h").prefault("60s").meta({
          description: "Wrong passwords are counted over this time.",
        }),
        max: whole(1, 1_000).default(5).meta({
          description:
            "So many from one source for one account, in whatever method; then it gets 403 and the PBX sees none of it.",
        }),
      })
      .prefault({}),
  })
  .prefault({})
  .transform(
    ({ mode, allow, deny, source, strangers, failures }): DefenceConfig => ({
      mode,
      allow,
      deny,
      source: { packetsPerSecond: source.packets_per_second, connections: source.connections },
      strangers,
      failures: { windowMs: failures.window, max: failures.max },
    }),
  )
  .meta({ description: "Against floods and strangers." });
