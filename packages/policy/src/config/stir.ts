import { z } from "zod";
import { parseIp } from "../address.ts";
import { duration } from "./duration.ts";
import { ipAddress, splitHostPort } from "./endpoint.ts";
import { choice, isOneOf, type LeafReading, quoted, written } from "./leaf.ts";
import type { CredentialHost, StirConfig, StirSigning, TrunkIdentity } from "./stir-config.ts";
import { label, numberPattern, path } from "./text.ts";

const httpsPort = 443;
const urlCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?[]@!$&'()*+,;=%";
const longestUrl = 512;

function hostAndPort() {
  return written({ kind: "host or host:port" }, (text): LeafReading<{ host: string; port: number }> => {
    const value = splitHostPort(text);
    if (value !== undefined && value.port !== 0) return { value: { host: value.host, port: value.port ?? httpsPort } };
    return {
      problem: `is ${quoted(text)}, which is no host`,
      remedy: "write certificates.example.com, without https://",
    };
  });
}

/** It goes into a SIP header between angle brackets, so nothing that could end one may stand in it. */
function httpsUrl() {
  return written({ kind: "https URL" }, (text): LeafReading<string> => {
    const plain = text.length <= longestUrl && isOneOf(text, urlCharacters) && URL.canParse(text);
    if (plain && text.startsWith("https://") && new URL(text).username === "") return { value: text };
    return {
      problem: `is ${quoted(text)}, which is no https URL`,
      remedy: "write https://certificates.example.com/ours.pem",
    };
  });
}

const credentialHost = z
  .strictObject({
    host: hostAndPort().meta({ description: "Name as it stands in `x5u`. Without a port: 443, and no other." }),
    address: ipAddress().optional().meta({
      description:
        "The only address it is fetched from. Needed where that address is not a public one; without it DNS is asked.",
    }),
    ca: path().optional().meta({
      description: "PEM file of the authorities that may sign the web server's certificate. Without it: the system's.",
    }),
  })
  .transform(({ host, address, ca }): CredentialHost => {
    // Who writes an address as the host has named the address.
    const literal = parseIp(host.host) === undefined ? undefined : host.host;
    return { ...host, address: address ?? literal, ca };
  });

const signing = z
  .strictObject({
    certificate: label().meta({ description: "Name in `certificates`; its key must be an EC key on P-256." }),
    x5u: httpsUrl().meta({ description: "Where others fetch that certificate from." }),
    numbers: z.array(numberPattern()).max(10_000).prefault([]).meta({
      description:
        "Numbers that are ours: `?` is one digit, `*` at the end any rest. Those of `trunks[].inbound.did` are anyway.",
    }),
    attest: z
      .strictObject({
        own: choice(["A", "B", "C"]).prefault("A").meta({ description: "For a caller's number that is ours." }),
        other: choice(["B", "C"]).prefault("B").meta({ description: "For any other number a phone of the PBX shows." }),
        forwarded: choice(["B", "C"]).prefault("C").meta({
          description: "For another's number on a call that the PBX forwards from outside (it says Diversion).",
        }),
      })
      .prefault({}),
  })
  .transform((value): StirSigning => value);

export const stirSection = z
  .strictObject({
    trust: z
      .strictObject({
        file: path().meta({ description: "PEM file of the authorities that may sign certificates of callers." }),
      })
      .optional(),
    x5u_hosts: z.array(credentialHost).max(64).prefault([]).meta({
      description: "Hosts that certificates of callers may be fetched from, by HTTPS. Nothing else is ever fetched.",
    }),
    window: duration("5s", "5m").prefault("60s").meta({
      description: "How far the time in a token may be from now, either way.",
    }),
    sign: signing.optional().meta({ description: "With what calls are signed towards trunks with `identity.sign`." }),
  })
  .prefault({})
  .transform(
    ({ trust, x5u_hosts, window, sign }): StirConfig => ({
      trust: trust?.file,
      x5uHosts: x5u_hosts,
      windowMs: window,
      sign,
    }),
  )
  .meta({ description: "STIR/SHAKEN: signed caller numbers. See [stir.md](stir.md)." });

export const trunkIdentity = z
  .strictObject({
    verify: choice(["off", "optional", "required"]).prefault("off").meta({
      description:
        "Signatures of callers' numbers: not looked at; looked at and told in log, metrics and `verstat`; or a call without a valid one is refused.",
    }),
    sign: z.boolean().default(false).meta({ description: "Calls to this carrier are signed with `stir.sign`." }),
    verstat: z.boolean().default(false).meta({
      description: "The PBX is told the result as `verstat` in the caller's address. miniSipServer does not know it.",
    }),
  })
  .prefault({})
  .transform((value): TrunkIdentity => value);
