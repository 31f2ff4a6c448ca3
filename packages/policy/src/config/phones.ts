import { z } from "zod";
import { type ListenConfig, type PhonesConfig, srtpSuites } from "./config.ts";
import { duration } from "./duration.ts";
import { domain, ipAddress } from "./endpoint.ts";
import { choice, notYetTrue, whole } from "./leaf.ts";
import { defaultPort } from "./pbx.ts";
import { label, path } from "./text.ts";

const noWebSocket = "this version does not serve WebSocket";

const listener = z
  .strictObject({
    transport: choice(["udp", "tcp", "tls"], { ws: noWebSocket, wss: noWebSocket }).meta({
      description: "What the listener speaks.",
    }),
    address: ipAddress()
      .prefault("0.0.0.0")
      .meta({ description: "Address to listen on; 0.0.0.0 is every IPv4 address." }),
    port: whole(0, 65_535)
      .optional()
      .meta({ description: "Without it: 5060, with TLS 5061. 0 lets the system choose." }),
    certificate: label().optional().meta({
      description: "Name in `certificates`, for TLS. Without it Ringfence makes one that phones do not know.",
    }),
  })
  .transform(
    ({ transport, address, port, certificate }): ListenConfig => ({
      transport,
      address,
      port: port ?? defaultPort(transport),
      certificate,
    }),
  );

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
  })
  .prefault({})
  .transform((value) => ({
    phoneExpiresMs: value.phone_expires,
    pbxExpiresMs: value.pbx_expires,
    maxContacts: value.max_contacts,
  }));

/** The suites of a side in the order they are offered. */
export const suiteList = z
  .array(choice(srtpSuites))
  .min(1)
  .max(srtpSuites.length)
  .prefault([...srtpSuites])
  .meta({ description: "SRTP suites that may be used, the preferred one first." });

export const srtpMode = choice(["required", "optional", "off"]);

export const phonesSection = z
  .strictObject({
    domains: z
      .array(domain())
      .min(1)
      .max(1000)
      .meta({
        description: "Domains that phones register in. A request for another one is answered 404.",
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
    authentication: choice(["relay", "edge"]).prefault("relay").meta({
      description:
        "`relay`: the PBX challenges, Ringfence passes it on. `edge`: Ringfence challenges first, from `accounts`, and nothing unauthenticated reaches the PBX.",
    }),
    accounts: z.strictObject({ file: path() }).optional().meta({
      description: "For `authentication: edge`: a YAML file, user to `{ password }` or `{ ha1 }`.",
    }),
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
          description: "`required`: calls without SRTP are refused. `optional`: both. `off`: SRTP is refused.",
        }),
        suites: suiteList,
      })
      .prefault({}),
    methods: z
      .strictObject({
        subscribe: notYetTrue("this version does not pass SUBSCRIBE and NOTIFY")
          .prefault(false)
          .meta({ description: "SUBSCRIBE and NOTIFY." }),
        message: notYetTrue("this version does not pass MESSAGE").prefault(false).meta({ description: "MESSAGE." }),
        refer: notYetTrue("this version does not pass REFER").prefault(false).meta({ description: "REFER." }),
      })
      .prefault({}),
  })
  .transform(
    ({ public_address, accounts, ...rest }): PhonesConfig => ({
      ...rest,
      accounts: accounts?.file,
      publicAddress: public_address,
    }),
  )
  .meta({ description: "The outside: phones, and the listeners that carriers use too." });
