import { z } from "zod";
import type { PhonesConfig } from "./config.ts";
import { duration, durationOrOff } from "./duration.ts";
import { domain, ipAddress } from "./endpoint.ts";
import { choice, whole } from "./leaf.ts";
import { listener } from "./listen.ts";
import { sessionTimer } from "./session-timer.ts";
import { sideMedia, srtpMode, t38Default } from "./side-media.ts";
import { path } from "./text.ts";

const registration = z
  .strictObject({
    phone_expires: duration("30s", "1d").optional().meta({
      description:
        "How often a phone must register again. Without it: 60s over UDP, where NATs forget, 10m over TCP and TLS.",
    }),
    pbx_expires: duration("60s", "1d").prefault("3600s").meta({
      description:
        "How long Ringfence asks the PBX to keep a registration. Between those, phones are answered without the PBX.",
    }),
    max_contacts: whole(1, 10).default(3).meta({ description: "Phones that may register for one account." }),
    on_new_address: choice(["alert", "off"]).prefault("alert").meta({
      description:
        "What happens when an account registers from a network (IPv4 /24, IPv6 /48) it has not been seen in since the start: a warning in the log and a count, or nothing.",
    }),
  })
  .prefault({})
  .transform((value) => ({
    onNewAddress: value.on_new_address,
    phoneExpiresMs: value.phone_expires,
    pbxExpiresMs: value.pbx_expires,
    maxContacts: value.max_contacts,
  }));

export const phonesSection = z
  .strictObject({
    domains: z
      .array(domain())
      .min(1)
      .max(1000)
      .meta({
        description:
          "Domains that phones register in. A request for another one is answered 404; a REGISTER looks like one with a wrong password.",
        examples: [["pbx.example.com"]],
      }),
    listen: z
      .array(listener)
      .min(1)
      .max(64)
      .prefault([
        { transport: "udp", address: "0.0.0.0", port: 5060 },
        { transport: "tcp", address: "0.0.0.0", port: 5060 },
        { transport: "tls", address: "0.0.0.0", port: 5061 },
      ])
      .meta({ description: "Where phones and carriers reach Ringfence." }),
    public_address: ipAddress().optional().meta({
      description: "Behind 1:1 NAT: the address phones see. Without it: the address the packet came to.",
    }),
    keepalive: durationOrOff("10s", "10m").prefault("25s").meta({
      description:
        "How often a UDP phone behind a NAT is sent something, so that calls reach it: most NATs forget after 30 s. Every fourth time it is OPTIONS; a phone that stops answering those is taken as gone. This is the longest: a NAT that loses mappings gets them more often.",
    }),
    authentication: choice(["relay", "edge"]).prefault("relay").meta({
      description:
        "`relay`: the PBX challenges, Ringfence passes it on. `edge`: Ringfence challenges first, from `accounts`, and nothing unauthenticated reaches the PBX.",
    }),
    accounts: z
      .strictObject({
        file: path().meta({
          description:
            'With `authentication: edge`: the accounts, a YAML file of its own with lines as `"1001": { password: "..." }`; see quickstart.md. Read anew at every reload.',
        }),
      })
      .optional(),
    digest: z
      .array(choice(["SHA-256", "MD5"]))
      .min(1)
      .max(2)
      .prefault(["SHA-256", "MD5"])
      .meta({
        description:
          "With `authentication: edge`: digest algorithms, the preferred one first. Some old phones give up when SHA-256 is offered beside MD5: for them `[MD5]`.",
      }),
    registration,
    media: z
      .strictObject({
        srtp: srtpMode.prefault("required").meta({
          description:
            "`required`: calls without SRTP are refused. `optional`: both; over TLS we offer SRTP. `opportunistic`: both, and what we offer is RTP/AVP with keys that the phone may leave (RFC 8643). `off`: SRTP is refused.",
        }),
        ...sideMedia(["sdes", "dtls"]),
      })
      .prefault({})
      .transform(t38Default),
    methods: z
      .strictObject({
        subscribe: z.boolean().default(false).meta({
          description:
            "SUBSCRIBE, NOTIFY and PUBLISH between phones and the PBX: busy lamps, waiting messages, presence.",
        }),
        message: z.boolean().default(false).meta({ description: "MESSAGE between phones and the PBX." }),
        refer: z.boolean().default(false).meta({
          description: "REFER inside calls between phones and the PBX: blind and attended transfer.",
        }),
      })
      .prefault({}),
    session_timer: sessionTimer("30m"),
  })
  .transform(
    ({ public_address, keepalive, accounts, session_timer, ...rest }): PhonesConfig => ({
      ...rest,
      sessionTimer: session_timer,
      accounts: accounts?.file,
      publicAddress: public_address,
      keepaliveMs: keepalive,
    }),
  )
  .meta({ description: "The outside: phones, and the listeners that carriers use too." });
