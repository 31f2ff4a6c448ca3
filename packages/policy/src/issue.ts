/** The closed list of what can be wrong with a configuration file. docs/errors.md is proven equal to it in both directions. */
export const configIssueCodes = {
  "file-too-large": "The file is larger than 1 MiB or has more than 20,000 keys.",
  "too-deep": "Lists and maps are nested deeper than any configuration needs.",
  "yaml-syntax": "The text is not YAML.",
  "duplicate-key": "A key stands twice in the same map.",
  "yaml-feature": "Anchors, aliases, tags, merge keys, several documents and keys that are not text are not read.",
  "unknown-key": "No such key exists here.",
  "not-supported-yet": "The key or value is part of the design, but this version does not act on it.",
  "missing-key": "A key that has no default is missing.",
  "wrong-type": "A value is of another type: text where a number belongs, a list where a map belongs.",
  "bad-value": "A value is not one of the words allowed here.",
  "bad-format": "A duration, address, port range, prefix, name or number is not written as it must be.",
  "out-of-range": "A number is too small or too large, or a list too short or too long.",
  "literal-secret": "A secret stands in the file itself.",
  "duplicate-name": "A trunk, domain, number or processor is listed twice.",
  "duplicate-listener": "Two listeners would share one address and port.",
  "port-conflict": "Two parts of Ringfence would use one address and port.",
  "core-addresses-equal": "Phones and trunks would reach the PBX from one address and port.",
  "core-address-shared":
    "Phones and trunks reach the PBX from one address: over UDP with different ports, over TCP and TLS with none that it could tell them by.",
  "pbx-is-ourselves": "The address of the PBX is one that Ringfence listens on.",
  "trunk-source-overlap": "An address belongs to two trunks.",
  "trunk-source-too-wide": "A trunk trusts a very large part of the internet by address.",
  "trunk-source-is-pbx": "A trunk's sources contain the PBX.",
  "trunk-without-source": "A trunk lists no address it may call in from.",
  "trunk-socket-shared": "A trunk uses the sockets of the phones.",
  "interface-unknown": "The interface of a trunk is not there, or has no address.",
  "interface-mismatch": "A trunk is to listen on an address that its interface does not have.",
  "trunk-without-credentials": "A trunk is to register with its carrier and has nothing to do it with.",
  "trunk-without-country": "Numbers are to be rewritten, and the country code they are written in is not said.",
  "stir-incomplete": "A trunk is to verify or sign callers' numbers, and what that needs is missing.",
  "denied-peer": "`defence.deny` covers the PBX or a trunk.",
  "rtp-range-too-small": "The RTP port range has no room for one call, or not for as many as the limit allows.",
  "rtp-range-conflict": "The RTP port range contains a port that signalling or metrics use.",
  "rtpengine-weaker": "Media is relayed by rtpengine, which is less strict with strangers' packets than Ringfence.",
  "rtpengine-exposed": "The control port of an rtpengine instance is not on a private network.",
  "interfaces-unused": "Interfaces of rtpengine are named, and rtpengine is not used.",
  "pin-unused": "Processors are named for packet threads, and no such thread is there to stay on them.",
  "accounts-missing": "Ringfence is to check passwords and has no accounts.",
  "accounts-unused": "There is an accounts file, and the PBX checks the passwords.",
  "weak-password": "An account has a password that guessing programs find.",
  "certificate-unknown": "A listener names a certificate that does not exist.",
  "certificate-unused": "A listener without TLS names a certificate.",
  "certificate-self-signed": "A TLS listener has no certificate, so one is made that phones do not know.",
  "websocket-unencrypted": "SIP over WebSocket without TLS on an address that others can reach.",
  "origins-unused": "A listener that no browser reaches lists web origins.",
  "srtp-without-tls": "SRTP keys would travel in clear text.",
  "tls-not-verified": "TLS towards a peer would take any certificate, and so anybody, for it.",
  "crl-unused": "There is a revocation list, and certificates are not verified.",
  "spend-without-rates": "Money is limited, and no file says what calls cost.",
  "international-without-country":
    "Calls abroad are refused to an account, and where the phones are is not said: every number with country code is abroad then.",
  "rates-unused": "A file says what calls cost, and no money is limited.",
  "log-unencrypted": "Log lines would leave this machine in clear text.",
  "alert-unknown": "Somebody is to be told of a fraud who is not in `alerts`.",
  "metrics-exposed": "Metrics listen on an address that others can reach.",
  "admin-exposed": "Console and API listen on an address that others can reach, without TLS.",
  "client-ca-unused": "Browsers are to show certificates, and there is no TLS.",
  "export-incomplete": "Records would be dropped before they are exported, or there are none to export.",
  "destinations-open": "Nothing says which numbers may be called, or every number may be, the expensive ones too.",
  "destination-without-effect": "A rule about destinations can never decide anything.",
  "destination-without-country":
    "Rules ask for countries or types of numbers, and how national numbers are dialled is not said.",
  "emergency-shadowed": "A call to an emergency number would not get through.",
  "emergency-without-trunk": "No trunk takes an emergency number.",
  "emergency-number-ordinary": "A number that no limit stops is no emergency number.",
  "no-emergency-numbers": "No number is treated as an emergency call.",
} as const;

export type ConfigIssueCode = keyof typeof configIssueCodes;

export interface ConfigIssue {
  readonly code: ConfigIssueCode;
  /** Dotted, list items in brackets: `trunks[2].limits.calls`; empty for the whole file. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
  readonly severity: "error" | "warning";
}
