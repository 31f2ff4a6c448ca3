import { z } from "zod";
import type { ListenConfig, SignallingTransport, TrunkCredentials, TrunkHost, TrunkNumbers } from "./config.ts";
import { duration } from "./duration.ts";
import { ipAddress, splitHostPort } from "./endpoint.ts";
import { choice, isOneOf, type LeafReading, quoted, whole, written } from "./leaf.ts";
import { defaultPort } from "./pbx.ts";
import { rotatingSecret } from "./secret.ts";
import { dialPrefix, dialPrefixOrNone, label, realm } from "./text.ts";

type HostUri = Pick<TrunkHost, "host" | "port" | "transport" | "explicit">;

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
  const explicit = { port: target.port !== undefined, transport: params.length > 0 };
  return { host: target.host, port: target.port ?? defaultPort(transport), transport, explicit };
}

const hostUri = written({ kind: "SIP address" }, (text): LeafReading<HostUri> => {
  const value = parseHostUri(text);
  if (value !== undefined) return { value };
  const remedy = 'write "sip:sip.carrier.example;transport=tls" or "sip:192.0.2.10:5060;transport=udp"';
  return { problem: `is ${quoted(text)}, which is no SIP address of a carrier`, remedy };
});

export const trunkHost = z
  .strictObject({
    uri: hostUri.meta({
      description:
        "Host, port and transport. A name is looked up as RFC 3263 says: without a port by SRV, without a transport by NAPTR first.",
    }),
    priority: whole(0, 65_535).default(1).meta({ description: "The lowest is tried first." }),
    weight: whole(0, 65_535)
      .default(0)
      .meta({ description: "Share of the calls among hosts of one priority. 0: as DNS says." }),
  })
  .transform(({ uri, priority, weight }): TrunkHost => ({ ...uri, priority, weight }));

/** No wildcard: carriers and phones are told apart by the socket too, and a wildcard would be the phones' as well. */
export const trunkListener = z
  .strictObject({
    transport: choice(["udp", "tcp", "tls"]).meta({ description: "What the listener speaks." }),
    address: ipAddress().meta({ description: "Address of this machine." }),
    port: whole(0, 65_535).meta({ description: "Another than the phones'. 0 lets the system choose." }),
    certificate: label().optional().meta({ description: "Name in `certificates`, for TLS." }),
  })
  .transform(({ certificate, ...rest }): ListenConfig => ({ ...rest, certificate, origins: [], unencrypted: false }));

const userCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()&=+$,?/@#";

/** The user of credentials; it becomes a digest parameter and, without what follows an @, our Contact. */
function authUser() {
  return written({ kind: "user name" }, (text): LeafReading<string> => {
    if (text.length <= 128 && isOneOf(text, userCharacters)) return { value: text };
    return { problem: `is ${quoted(text)}, which is no user name`, remedy: "write the name the carrier gave you" };
  });
}

export const trunkCredentials = z
  .strictObject({
    user: authUser().meta({ description: "The name the carrier gave us: digest user and user part of our account." }),
    password: rotatingSecret().meta({
      description:
        "Answers the carrier's challenges, nobody else's. `previous` answers where the carrier refuses the new one, until its moment is over.",
    }),
    realm: realm().optional().meta({
      description: "The realm whose challenges are answered. Without it: the names of `hosts`.",
    }),
  })
  .transform(({ user, password, realm: asked }): TrunkCredentials => {
    return { user, password: password.now, previous: password.previous, realm: asked };
  });

export const trunkRegistration = z
  .strictObject({
    expires: duration("60s", "24h").prefault("1h").meta({ description: "How long a registration is asked for." }),
  })
  .prefault({})
  .transform(({ expires }) => ({ expiresMs: expires }));

export const trunkNumbers = z
  .strictObject({
    prefix: z.array(dialPrefix()).max(1000).prefault([]).meta({
      description:
        "Dialled numbers that go to this trunk, longest prefix first, then the order of the file. Empty: any. The next trunk that fits is tried when this one fails.",
    }),
    format: choice(["as-is", "e164", "national"])
      .prefault("as-is")
      .meta({ description: "How the carrier wants numbers. Emergency numbers are never rewritten." }),
    country_code: dialPrefix().optional().meta({ description: 'For `format`: the calling code here, as "49".' }),
    international_prefix: dialPrefixOrNone()
      .prefault("00")
      .meta({ description: 'What is dialled for abroad: "00", "011".' }),
    national_prefix: dialPrefixOrNone()
      .prefault("0")
      .meta({ description: 'What is dialled for long distance: "0", "1", or "" where numbers have none.' }),
    tech_prefix: dialPrefixOrNone()
      .optional()
      .meta({ description: "Digits the carrier wants before every number. Empty: none." }),
    caller_id: choice(["from", "pai", "rpid"]).prefault("from").meta({
      description: "Where the caller's number stands: From, P-Asserted-Identity or Remote-Party-ID, both directions.",
    }),
    diversion: z.boolean().default(false).meta({
      description: "Who forwarded a call crosses, as a Diversion header written anew.",
    }),
    user_phone: z.boolean().default(false).meta({ description: "`;user=phone` in addresses towards the carrier." }),
    scheme: choice(["sip", "tel"]).prefault("sip").meta({ description: "Request line towards the carrier." }),
  })
  .prefault({})
  .transform(
    (value): TrunkNumbers => ({
      prefix: value.prefix,
      format: value.format,
      countryCode: withoutPlus(value.country_code ?? ""),
      internationalPrefix: value.international_prefix,
      nationalPrefix: value.national_prefix,
      techPrefix: value.tech_prefix ?? "",
      callerId: value.caller_id,
      diversion: value.diversion,
      userPhone: value.user_phone,
      scheme: value.scheme,
    }),
  );

function withoutPlus(text: string): string {
  return text.startsWith("+") ? text.slice(1) : text;
}
