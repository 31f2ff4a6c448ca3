import { z } from "zod";
import { parseIp } from "../address.ts";
import { parseCidr } from "../cidr.ts";
import type { TrunkConfig, TrunkHost } from "./config.ts";
import { duration } from "./duration.ts";
import { cidr } from "./endpoint.ts";
import { choice } from "./leaf.ts";
import { trunkTls } from "./peer-tls.ts";
import { sessionTimer } from "./session-timer.ts";
import { sideMedia, srtpMode, t38Default } from "./side-media.ts";
import { trunkIdentity } from "./stir.ts";
import { label, numberPattern, portRange } from "./text.ts";
import { interfaceName } from "./trunk-interface.ts";
import { trunkLimits } from "./trunk-limits.ts";
import { trunkCredentials, trunkHost, trunkListener, trunkNumbers, trunkRegistration } from "./trunk-parts.ts";

const trunk = z
  .strictObject({
    name: label().meta({ description: "Stands in logs and metrics." }),
    mode: choice(["peer", "register", "both"]).prefault("peer").meta({
      description:
        "`peer`: the carrier is known by its addresses. `register`: we register with it, and it calls from where we registered. `both`.",
    }),
    hosts: z.array(trunkHost).min(1).max(32).meta({
      description: "Where calls to this carrier go. The next is tried when one is silent, fails or answers 503.",
    }),
    credentials: trunkCredentials.optional().meta({ description: "For carriers that challenge." }),
    registration: trunkRegistration,
    listen: z.array(trunkListener).max(16).prefault([]).meta({
      description:
        "Sockets for carriers alone: this one calls from there and is heard there only. Trunks may share one. Empty: the phones' listeners.",
    }),
    interface: interfaceName().optional().meta({
      description:
        "Network interface of this carrier alone, as a tunnel: this trunk calls from there, is heard there only, and its sound goes there. Without `listen`: on its addresses, port 5060, with TLS 5061.",
    }),
    tls: trunkTls.meta({ description: "Who the carrier must be, where a host uses TLS." }),
    keepalive: duration("5s", "1h").optional().meta({
      description: "How often each host is asked with OPTIONS whether it is there. Without it: calls alone tell.",
    }),
    from: z.array(cidr()).max(1000).optional().meta({
      description: "Addresses the carrier calls from. Without it: those of `hosts` that are written as addresses.",
    }),
    media: z
      .strictObject({
        srtp: srtpMode
          .optional()
          .meta({ description: "Without it: `required` if the first host uses TLS, else `off`." }),
        ...sideMedia(["sdes"]),
        from: z.array(cidr()).max(1000).optional().meta({
          description: "Addresses that media may come from. Without it: where the signalling says.",
        }),
        ports: portRange().optional().meta({
          description:
            "Ports that media may come from, as carriers publish them. With it RTP is taken from the port that the signalling names, which must be one of them, and from no other.",
        }),
      })
      .prefault({}),
    session_timer: sessionTimer("30m"),
    large_requests: choice(["tcp", "udp"]).prefault("tcp").meta({
      description:
        "Requests of more than 1300 octets to a host with UDP: over TCP (RFC 3261 §18.1.1), and over UDP where that is refused or silent for a second. `udp`: in fragments.",
    }),
    redirects: choice(["refuse", "follow"]).prefault("refuse").meta({
      description:
        "3xx answers to our calls. `follow`: to another of `hosts`, with the number as dialled, three times at most. Never anywhere else.",
    }),
    numbers: trunkNumbers,
    identity: trunkIdentity,
    limits: trunkLimits,
    inbound: z
      .strictObject({
        to: choice(["pbx"]).prefault("pbx").meta({ description: "Where calls from the carrier go." }),
        did: z.array(numberPattern()).max(10_000).prefault([]).meta({
          description:
            "Numbers the carrier may deliver: `?` is one digit, `*` at the end any rest, `+15550100-+15550149` a range. One delivered in national form is compared in its full form too, where `numbers.country_code` is set. Empty: any.",
        }),
      })
      .prefault({}),
  })
  .transform((value): TrunkConfig => {
    const { media, from, keepalive, session_timer, large_requests, ...rest } = value;
    return {
      ...rest,
      // One that we register with is known by where we registered: several accounts may share that address.
      from: from ?? (value.mode === "register" ? [] : literalSources(value.hosts)),
      media: {
        ...t38Default({ ...media, srtp: media.srtp ?? (value.hosts[0]?.transport === "tls" ? "required" : "off") }),
        from: media.from,
        ports: media.ports,
      },
      keepaliveMs: keepalive,
      sessionTimer: session_timer,
      largeRequests: large_requests,
    };
  });

function literalSources(hosts: readonly TrunkHost[]): TrunkConfig["from"] {
  const addresses = new Set(hosts.map((candidate) => candidate.host).filter((text) => parseIp(text) !== undefined));
  return [...addresses].map(parseCidr).filter((block) => typeof block !== "string");
}

export const trunksSection = z.array(trunk).max(256).prefault([]).meta({ description: "Carriers." });
