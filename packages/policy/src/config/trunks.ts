import { z } from "zod";
import { parseIp } from "../address.ts";
import { parseCidr } from "../cidr.ts";
import type { SignallingTransport, TrunkConfig, TrunkHost } from "./config.ts";
import { cidr, splitHostPort } from "./endpoint.ts";
import { choice, type LeafReading, quoted, whole, written } from "./leaf.ts";
import { defaultPort } from "./pbx.ts";
import { srtpMode, suiteList } from "./phones.ts";
import { dialPrefix, label, numberPattern } from "./text.ts";

type HostUri = Pick<TrunkHost, "host" | "port" | "transport">;

const transports: ReadonlyMap<string, SignallingTransport> = new Map([
  ["udp", "udp"],
  ["tcp", "tcp"],
  ["tls", "tls"],
]);

/** `sip:host`, `sip:host:port;transport=tls`; undefined if it is none of these. */
export function parseHostUri(text: string): HostUri | undefined {
  const lower = text.toLowerCase();
  if (!lower.startsWith("sip:")) return undefined;
  const [place = "", ...params] = lower.slice(4).split(";");
  if (params.length > 1) return undefined;
  const param = params[0] ?? "transport=udp";
  const transport = param.startsWith("transport=") ? transports.get(param.slice(10)) : undefined;
  const target = splitHostPort(place);
  if (transport === undefined || target === undefined || target.port === 0) return undefined;
  return { host: target.host, port: target.port ?? defaultPort(transport), transport };
}

const hostUri = written({ kind: "SIP address" }, (text): LeafReading<HostUri> => {
  const value = parseHostUri(text);
  if (value !== undefined) return { value };
  const remedy = 'write "sip:sip.carrier.example;transport=tls" or "sip:192.0.2.10:5060;transport=udp"';
  return { problem: `is ${quoted(text)}, which is no SIP address of a carrier`, remedy };
});

const host = z
  .strictObject({
    uri: hostUri.meta({ description: "Host, port and transport. Without transport: UDP." }),
    priority: whole(0, 65_535).default(1).meta({ description: "The lowest is tried first." }),
  })
  .transform(({ uri, priority }): TrunkHost => ({ ...uri, priority }));

/** A second host would let somebody believe in a failover that is not there. */
function onlyOne(hosts: readonly unknown[], context: z.RefinementCtx): void {
  if (hosts.length < 2) return;
  const params = { code: "not-supported-yet", remedy: "keep one host; list the others' addresses in `from`" };
  context.addIssue({ code: "custom", path: [1], message: "this version does not fail over to another host", params });
}

const noRegister = "this version does not register with carriers";

const trunk = z
  .strictObject({
    name: label().meta({ description: "Stands in logs and metrics." }),
    mode: choice(["peer"], { register: noRegister, both: noRegister })
      .prefault("peer")
      .meta({ description: "`peer`: the carrier is known by its addresses." }),
    hosts: z.array(host).min(1).max(32).superRefine(onlyOne).meta({
      description: "Where calls to this carrier go. One host in this version.",
    }),
    from: z.array(cidr()).max(1000).optional().meta({
      description: "Addresses the carrier calls from. Without it: those of `hosts` that are written as addresses.",
    }),
    media: z
      .strictObject({
        srtp: srtpMode
          .optional()
          .meta({ description: "Without it: `required` if the first host uses TLS, else `off`." }),
        suites: suiteList,
        from: z.array(cidr()).max(1000).optional().meta({
          description: "Addresses that media may come from. Without it: where the signalling says.",
        }),
      })
      .prefault({}),
    numbers: z
      .strictObject({
        prefix: z.array(dialPrefix()).max(1000).prefault([]).meta({
          description: "Dialled numbers that go to this trunk, longest prefix first. Empty: any.",
        }),
      })
      .prefault({}),
    limits: z
      .strictObject({
        calls: whole(1, 100_000).optional().meta({ description: "Calls at one time, both directions." }),
        calls_per_second: whole(1, 10_000).optional().meta({ description: "New calls in a second, both directions." }),
      })
      .prefault({}),
    inbound: z
      .strictObject({
        to: choice(["pbx"]).prefault("pbx").meta({ description: "Where calls from the carrier go." }),
        did: z.array(numberPattern()).max(10_000).prefault([]).meta({
          description: "Numbers the carrier may deliver: `?` is one digit, `*` at the end any rest. Empty: any.",
        }),
      })
      .prefault({}),
  })
  .transform((value): TrunkConfig => {
    const { limits, media, from, ...rest } = value;
    return {
      ...rest,
      from: from ?? literalSources(value.hosts),
      media: {
        ...media,
        srtp: media.srtp ?? (value.hosts[0]?.transport === "tls" ? "required" : "off"),
        from: media.from,
      },
      limits: { calls: limits.calls, callsPerSecond: limits.calls_per_second },
    };
  });

function literalSources(hosts: readonly TrunkHost[]): TrunkConfig["from"] {
  const addresses = new Set(hosts.map((candidate) => candidate.host).filter((text) => parseIp(text) !== undefined));
  return [...addresses].map(parseCidr).filter((block) => typeof block !== "string");
}

export const trunksSection = z.array(trunk).max(256).prefault([]).meta({ description: "Carriers." });
