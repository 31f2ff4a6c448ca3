/** What a key may look like, for docs/configuration.md: what its leaf says itself, else a value of its kind. */

export interface ExampleNode {
  readonly type?: string;
  readonly kind?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly items?: ExampleNode;
}

/** By the last part of the key, where its kind says too little. */
const byName: Readonly<Record<string, unknown>> = {
  ca: "/etc/ringfence/ca.pem",
  crl: "/etc/ringfence/crl.pem",
  cert: "/etc/ringfence/cert.pem",
  calls_per_hour: 30,
  country_code: "49",
  minutes_per_day: 300,
  port: 5080,
  tech_prefix: "9900",
};

/** By the kind, without what follows a comma or a semicolon. */
const byKind: Readonly<Record<string, unknown>> = {
  "host:port": "10.0.0.5:5060",
  "host or host:port": "certificates.example.com",
  "address:port": "10.0.0.2:5060",
  "address or block": "192.0.2.0/24",
  "IP address": "203.0.113.10",
  "SIP address": "sip:sip.example.com;transport=tls",
  domain: "sip.example.com",
  realm: "sip.example.com",
  "web origin": "https://phone.example.com",
  "https URL": "https://example.com/ringfence",
  URL: "udp://homer.example.com:9060",
  "tls://, tcp:// or udp:// HOST:PORT": "tls://logs.example.com:6514",
  name: "example",
  "user name": "4930123456",
  pin: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  "codec name": "PCMA",
  "port range": "16384-32768",
  "prefix in quotes": "00",
  "number pattern in quotes": "+4930123*",
  "number in quotes": "112",
  country: "DE",
  word: "premium",
  "age public key": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
  hours: "Mon-Fri 20:00-07:00 Europe/Berlin",
  text: "ringfence",
  "mail address": "noc@example.com",
  "opening hours": "Mon-Fri 07:00-20:00 Europe/Berlin",
  date: "12-25",
  "time zone": "Europe/Berlin",
  "amount of money": 20.5,
  "number of files": 14,
  "`default` or list": ["friendly-scanner"],
  "`{ file: PATH }` or `{ env: NAME }`": { file: "secrets/example" },
};

/** Undefined: its kind is not listed above and its leaf names none (`examples` of `written`). */
export function exampleOf(key: string, node: ExampleNode): unknown {
  const own = node.example ?? node.examples?.[0];
  if (own !== undefined) return own;
  if (node.enum !== undefined) return node.enum.find((word) => word !== node.default) ?? node.enum[0];
  if (node.type === "boolean") return node.default !== true;
  if (node.items !== undefined) {
    const one = exampleOf(key, node.items);
    return one === undefined ? undefined : [one];
  }
  return node.default ?? byName[key.slice(key.lastIndexOf(".") + 1)] ?? ofKind(key, node.kind ?? "");
}

function ofKind(key: string, kind: string): unknown {
  if (kind === "path") return pathFor(key);
  const [what = "", range = ""] = kind.split(", ");
  const [least = "", most = ""] = range.split(" to ");
  if (what === "whole number") return Math.min(Math.max(20, Number(least)), Number(most));
  if (what === "duration" || what === "size") return least;
  return byKind[kind] ?? byKind[what] ?? byKind[kind.split(";")[0] ?? ""];
}

/** Named as the key, or as what the file is of. */
function pathFor(key: string): string {
  const [last = "", before = ""] = key.split(".").toReversed();
  return `/etc/ringfence/${last === "file" ? before : last}`;
}
