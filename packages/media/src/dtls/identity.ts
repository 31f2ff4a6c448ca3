/** Who we are in DTLS: one key and certificate for each run of the process (RFC 8827 §6.5), and what is done with them. */
import { createHash } from "node:crypto";
import { keyAndSaltLength, type SrtpSuite, suites } from "@ringfence/node-srtp";
import type { SrtpKey } from "../engine/engine.ts";
import type { DtlsRole, DtlsTerms, Fingerprint } from "../transport/transport.ts";
import { loadDtls, type NativeAssociation, type NativeDtls, type NativeStep } from "./native-dtls.ts";

/** The suites that DTLS-SRTP has a protection profile for: RFC 5764 §4.1.2, RFC 7714 §14.2, as OpenSSL names them. */
const profiles: readonly { readonly suite: SrtpSuite; readonly name: string; readonly number: number }[] = [
  { suite: "AES_CM_128_HMAC_SHA1_80", name: "SRTP_AES128_CM_SHA1_80", number: 1 },
  { suite: "AES_CM_128_HMAC_SHA1_32", name: "SRTP_AES128_CM_SHA1_32", number: 2 },
  { suite: "AEAD_AES_128_GCM", name: "SRTP_AEAD_AES_128_GCM", number: 7 },
  { suite: "AEAD_AES_256_GCM", name: "SRTP_AEAD_AES_256_GCM", number: 8 },
];

const hashNames = { "sha-256": "SHA256", "sha-384": "SHA384", "sha-512": "SHA512" } as const;

export const states = ["handshaking", "established", "failed", "closed"] as const;
const failures = ["none", "handshake", "fingerprint", "profile"] as const;

/** What an association has to say after each event. */
export interface Step {
  readonly state: (typeof states)[number];
  readonly failure: (typeof failures)[number];
  /** A flight is out that may have to be sent again. */
  readonly awaitsAnswer: boolean;
  readonly datagrams: readonly Uint8Array[];
}

export interface DtlsKeys {
  /** Opens what they send. */
  readonly inbound: SrtpKey;
  readonly outbound: SrtpKey;
}

/** One association: datagrams in, datagrams out. No clock inside. */
export interface Association {
  begin(): Step;
  receive(datagram: Uint8Array): Step;
  retransmit(): Step;
  close(): Step;
  /** undefined until it is established. */
  keys(): DtlsKeys | undefined;
}

export interface DtlsIdentity {
  readonly fingerprint: Fingerprint;
  /** undefined when no suite of the terms can be had with DTLS. */
  open(terms: DtlsTerms): Association | undefined;
}

/** undefined where there is no native DTLS. */
export function createDtlsIdentity(native: NativeDtls | undefined = loadDtls()): DtlsIdentity | undefined {
  const identity = native?.createIdentity();
  if (native === undefined || identity === undefined) return undefined;
  const value = createHash("sha256").update(native.certificate(identity)).digest();
  return {
    fingerprint: { hash: "sha-256", value: Uint8Array.from(value) },
    open({ role, fingerprints, suites }) {
      const names = suites.flatMap((suite) => profiles.find((profile) => profile.suite === suite)?.name ?? []);
      const wanted = fingerprints.flatMap(({ hash, value }) => [hashNames[hash], value]);
      if (names.length === 0) return undefined;
      const association = native.open(identity, role === "active", names.join(":"), wanted);
      return association === undefined ? undefined : wrap(native, association, role);
    },
  };
}

function wrap(native: NativeDtls, association: NativeAssociation, role: DtlsRole): Association {
  return {
    begin: () => read(native.begin(association)),
    receive: (datagram) => read(native.receive(association, datagram)),
    retransmit: () => read(native.retransmit(association)),
    close: () => read(native.close(association)),
    keys: () => {
      const [number, octets] = native.keys(association) ?? [];
      const suite = profiles.find((profile) => profile.number === number)?.suite;
      return suite === undefined || octets === undefined ? undefined : split(suite, octets, role);
    },
  };
}

function read([state, failure, awaits, ...datagrams]: NativeStep): Step {
  return {
    state: states[state] ?? "failed",
    failure: failures[failure] ?? "handshake",
    awaitsAnswer: awaits === 1,
    datagrams,
  };
}

/** RFC 5764 §4.2: client's key, server's key, client's salt, server's salt. The active side is the client. */
function split(suite: SrtpSuite, octets: Uint8Array, role: DtlsRole): DtlsKeys {
  const { keyLength, saltLength } = suites[suite];
  const side = (index: 0 | 1): SrtpKey => {
    const key = new Uint8Array(keyAndSaltLength(suite));
    key.set(octets.subarray(index * keyLength, (index + 1) * keyLength));
    const salts = 2 * keyLength + index * saltLength;
    key.set(octets.subarray(salts, salts + saltLength), keyLength);
    return { suite, key };
  };
  const [client, server] = [side(0), side(1)];
  return role === "active" ? { inbound: server, outbound: client } : { inbound: client, outbound: server };
}
