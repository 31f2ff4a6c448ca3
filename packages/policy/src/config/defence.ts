import { z } from "zod";
import { scannerAgents } from "../scanner-agents.ts";
import type { DefenceConfig } from "./defence-config.ts";
import { duration } from "./duration.ts";
import { cidr } from "./endpoint.ts";
import { choice, whole } from "./leaf.ts";
import { path } from "./text.ts";

const failures = z.strictObject({
  window: duration("10s", "1h").prefault("60s").meta({ description: "Failures are counted over this time." }),
  max: whole(1, 1_000).default(5).meta({
    description:
      "So many wrong passwords from one place for one account, and it gets 403 there and the PBX sees none of it. For so many accounts from one source, and the source is banned. For one account from so many sources, and the account is locked for places it was never at.",
  }),
  ban: duration("10s", "7d").prefault("15m").meta({
    description: "The first ban. Phones that are registered go on behind a banned address; see docs/defence.md.",
  }),
  grow: whole(1, 100).default(4).meta({ description: "Each further ban is so many times as long." }),
  longest: duration("1m", "365d").prefault("7d").meta({ description: "No ban is longer; as long is remembered." }),
});

const scanners = z.strictObject({
  user_agents: z
    .union([choice(["default"]), z.array(z.string().min(3).max(64)).max(1_000)])
    .prefault("default")
    .meta({
      kind: "`default` or list",
      description:
        "Whose User-Agent contains one of these is a scanner, whatever the case of the letters. In a list, `default` stands for the list that comes with Ringfence. An empty list recognises none.",
    }),
  ban: duration("1m", "365d").prefault("24h").meta({ description: "How long a scanner is banned." }),
});

const kernel = z.strictObject({
  nftables: choice(["auto", "on", "off"]).prefault("auto").meta({
    description:
      "Bans also hold in the kernel's packet filter, through a helper of its own; see docs/defence.md. `auto`: where the helper's socket is there. `on`: without it health is red.",
  }),
  socket: path()
    .prefault("/run/ringfence-firewall/firewall.sock")
    .meta({ description: "Where the helper takes orders." }),
});

function agents(written: "default" | readonly string[]): readonly string[] {
  if (written === "default") return scannerAgents;
  return written.flatMap((one) => (one === "default" ? scannerAgents : [one.toLowerCase()]));
}

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
        new_transactions_per_second: whole(1, 1_000_000).default(20).meta({
          description:
            "New requests a second from one address (IPv6: one /64), whatever the transport; five seconds' worth may come at once. Ten times as many where phones are registered, twenty times where they went on to behave. Repetitions, calls that are up and emergency calls are not counted, nor are PBX, trunks and `allow`.",
        }),
        connections: whole(1, 10_000).default(32).meta({
          description:
            "TCP, TLS and WebSocket connections that one address (IPv6: one /64) may hold at one time. PBX, trunks and `allow` are not limited.",
        }),
      })
      .prefault({}),
    strangers: z
      .strictObject({
        packets_per_second: whole(10, 1_000_000).default(2_000).meta({
          description:
            "Datagrams a second of all sources together behind which nobody has registered; two seconds' worth may come at once. Under load it shrinks. Calls for help have a tenth as many beside it. The default is what half a processor can answer.",
        }),
        connections: whole(16, 20_000).default(2_000).meta({
          description:
            "TCP, TLS and WebSocket connections on which nobody has registered yet, at one time, of all sources. When they are taken, a new one gets the place of the source that holds most. The default is what one processor can give a handshake to within the 8 s that there are for it. One takes up to 70 kB.",
        }),
      })
      .prefault({}),
    failures: failures.prefault({}),
    scanners: scanners.prefault({}),
    kernel: kernel.prefault({}),
    trust: choice(["promote", "off"]).prefault("promote").meta({
      description:
        "`promote`: an account that has behaved where it registers, for ten minutes or in a call that was answered, is proven, until it fails, is banned or its registration ends. Under overload strangers are refused first, then phones that are registered, then proven ones. `off`: registered phones are all alike.",
    }),
  })
  .prefault({})
  .transform(
    ({ mode, allow, deny, source, strangers, failures, scanners, trust, kernel }): DefenceConfig => ({
      kernel,
      mode,
      trust,
      allow,
      deny,
      source: {
        packetsPerSecond: source.packets_per_second,
        newTransactionsPerSecond: source.new_transactions_per_second,
        connections: source.connections,
      },
      strangers: { packetsPerSecond: strangers.packets_per_second, connections: strangers.connections },
      failures: {
        windowMs: failures.window,
        max: failures.max,
        banMs: failures.ban,
        grow: failures.grow,
        longestMs: failures.longest,
      },
      scanners: { userAgents: agents(scanners.user_agents), banMs: scanners.ban },
    }),
  )
  .meta({ description: "Against floods and strangers." });
