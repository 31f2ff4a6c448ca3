import { z } from "zod";
import type { DefenceConfig } from "./config.ts";
import { cidr } from "./endpoint.ts";
import { whole } from "./leaf.ts";

export const defenceSection = z
  .strictObject({
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
  })
  .prefault({})
  .transform(
    ({ allow, deny, source }): DefenceConfig => ({
      allow,
      deny,
      source: { packetsPerSecond: source.packets_per_second, connections: source.connections },
    }),
  )
  .meta({ description: "Against floods and strangers." });
