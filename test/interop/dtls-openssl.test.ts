/**
 * Our DTLS against OpenSSL's own client and server, in both roles: the keys that each exports are the same. Without rtcp-mux
 * there are two of them, one at each socket (RFC 5764 §4.1.2).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { Handshake, type HandshakeResult } from "../../packages/media/src/dtls/handshake.ts";
import { createDtlsIdentity } from "../../packages/media/src/dtls/identity.ts";
import type { Component } from "../../packages/media/src/engine/engine.ts";
import type {
  DtlsRole,
  Fingerprint,
  TransportOutput,
  TransportTerms,
} from "../../packages/media/src/transport/transport.ts";
import { createTransportDesk } from "../../packages/media/src/transport/transport-desk.ts";
import { type Made, makeCertificate } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { outsideProgram } from "../support/outside-program.ts";
import { UdpHost } from "../support/udp-host.ts";

const identity = createDtlsIdentity();
const scenario = outsideProgram("openssl", "openssl");
const ours = "127.0.0.1";
const suites = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"] as const;

type Keyed = Extract<TransportOutput, { kind: "keyed" }>;

interface Program {
  readonly child: ChildProcess;
  said: string;
}

let folder: string;
let host: UdpHost;
let rtcpHost: UdpHost;
let programs: Program[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-dtls-"));
  [host, rtcpHost] = await UdpHost.openPair(ours);
});
afterEach(() => {
  for (const { child } of programs) child.kill("SIGKILL");
  programs = [];
  host.close();
  rtcpHost.close();
  rmSync(folder, { recursive: true });
});

function openssl(made: Made | undefined, name: "s_client" | "s_server", ...more: readonly string[]): Program {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const identified = made === undefined ? [] : ["-cert", cert, "-key", key];
  writeFileSync(cert, made?.cert ?? "");
  writeFileSync(key, made?.key ?? "");
  const exported = ["-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", "88"];
  const child = spawn("openssl", [name, "-dtls1_2", ...identified, "-mtu", "1200", ...exported, ...more]);
  const program: Program = { child, said: "" };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      program.said += text;
    });
  programs.push(program);
  return program;
}

/** What it exported: client key, server key, client salt, server salt. */
async function exportedKeys(program: Program): Promise<Buffer> {
  const material = /Keying material: ([0-9A-F]{176})/;
  const hex = await eventually("openssl to say its keys", () => material.exec(program.said)?.[1]);
  return Buffer.from(hex, "hex");
}

function fingerprintOf({ cert }: Made): Fingerprint {
  const value = Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(":", ""), "hex");
  return { hash: "sha-256", value };
}

/** Our end on the socket, until it has a result. A datagram is lost on loopback by no one, so no timer is needed. */
async function shakeHands(role: DtlsRole, made: Made, port?: number): Promise<HandshakeResult> {
  const association = identity?.open({ role, fingerprints: [fingerprintOf(made)], suites });
  if (association === undefined) throw new Error("no association");
  const handshake = new Handshake(association);
  let to = port;
  const send = async (datagrams: readonly Uint8Array[]): Promise<void> => {
    for (const datagram of datagrams) await host.send(datagram, to ?? 0, ours);
  };
  if (role === "active") await send(handshake.begin(0).datagrams);
  for (;;) {
    const { bytes, port: from } = await host.next();
    to = from;
    const step = handshake.onPacket(bytes, 0);
    await send(step.datagrams);
    if (step.result !== undefined) return step.result;
  }
}

/** The client's, then the server's. */
function keysOf(result: Keyed | HandshakeResult, role: DtlsRole): readonly [Buffer, Buffer] {
  if (result.kind === "failed") throw new Error(`${result.reason}: ${programs.map(({ said }) => said).join()}`);
  const [inbound, outbound] = [Buffer.from(result.inbound.key), Buffer.from(result.outbound.key)];
  return role === "active" ? [outbound, inbound] : [inbound, outbound];
}

/** RFC 5764 §4.2. */
function isLaidOut(exported: Buffer, [client, server]: readonly [Buffer, Buffer], salt: 12 | 14): void {
  const key = client.length - salt;
  const front = Buffer.concat([
    client.subarray(0, key),
    server.subarray(0, key),
    client.subarray(key),
    server.subarray(key),
  ]);
  expect(front.toString("hex")).toBe(exported.subarray(0, front.length).toString("hex"));
}

const profiles = [
  ["SRTP_AES128_CM_SHA1_80", "AES_CM_128_HMAC_SHA1_80", 14],
  ["SRTP_AES128_CM_SHA1_32", "AES_CM_128_HMAC_SHA1_32", 14],
  ["SRTP_AEAD_AES_128_GCM", "AEAD_AES_128_GCM", 12],
  ["SRTP_AEAD_AES_256_GCM", "AEAD_AES_256_GCM", 12],
] as const;

for (const [profile, suite, salt] of profiles) {
  scenario(`s_client begins, ${profile}: both export the same keys`, async () => {
    const made = await makeCertificate({ names: ["phone"] });
    const client = openssl(made, "s_client", "-connect", `${ours}:${host.port}`, "-use_srtp", profile);
    const result = await shakeHands("passive", made);
    expect(result).toMatchObject({ kind: "keyed", inbound: { suite } });
    isLaidOut(await exportedKeys(client), keysOf(result, "passive"), salt);
  });

  scenario(`we begin with s_server, ${profile}: both export the same keys`, async () => {
    const made = await makeCertificate({ names: ["phone"], rsa: profile.endsWith("80") });
    const port = await freePort(ours);
    const server = await listening(made, port, profile);
    const result = await shakeHands("active", made, port);
    expect(result).toMatchObject({ kind: "keyed", inbound: { suite } });
    isLaidOut(await exportedKeys(server), keysOf(result, "active"), salt);
  });
}

/** Our transport without rtcp-mux on two sockets, until both have keys. */
async function bothKeyed(
  role: DtlsRole,
  made: Made,
  signalled: TransportTerms["signalled"],
): Promise<readonly Keyed[]> {
  const transport = createTransportDesk(randomBytes, identity).open(1);
  const keyed: Keyed[] = [];
  const hosts = { rtp: host, rtcp: rtcpHost };
  const carryOut = async (outputs: readonly TransportOutput[]): Promise<void> => {
    for (const output of outputs) {
      if (output.kind === "keyed") keyed.push(output);
      if (output.kind !== "command" || output.command.kind !== "send") continue;
      const { component, packet, to } = output.command;
      await hosts[component].send(packet, to.port, to.address);
    }
  };
  const dtls = { role, fingerprints: [fingerprintOf(made)], suites };
  await carryOut(transport.agree({ ice: undefined, dtls, mux: false, signalled, checksFrom: undefined }, 0));
  const serve = async (component: Component): Promise<void> => {
    while (!keyed.some((one) => one.component === component)) {
      const { bytes, port } = await hosts[component].next();
      const source = { address: ours, port };
      await carryOut(transport.onControl({ component, protocol: "dtls", source, packet: bytes }, 0));
    }
  };
  await Promise.all([serve("rtp"), serve("rtcp")]);
  return keyed;
}

async function listening(made: Made, port: number, profile: string): Promise<Program> {
  const server = openssl(made, "s_server", "-accept", `${ours}:${port}`, "-Verify", "1", "-use_srtp", profile);
  await eventually("s_server to listen", () => server.said.includes("ACCEPT"));
  return server;
}

for (const role of ["passive", "active"] as const) {
  scenario(`RFC 5764 §4.1.2: without rtcp-mux RTP and RTCP have a handshake each, and we are ${role}`, async () => {
    const made = await makeCertificate({ names: ["phone"] });
    const profile = "SRTP_AES128_CM_SHA1_80";
    const begin = (port: number) => openssl(made, "s_client", "-connect", `${ours}:${port}`, "-use_srtp", profile);
    const theirs = { rtp: await freePort(ours), rtcp: await freePort(ours) };
    const outside =
      role === "passive"
        ? { rtp: begin(host.port), rtcp: begin(rtcpHost.port) }
        : { rtp: await listening(made, theirs.rtp, profile), rtcp: await listening(made, theirs.rtcp, profile) };
    const places = { rtp: { address: ours, port: theirs.rtp }, rtcp: { address: ours, port: theirs.rtcp } };
    const keyed = await bothKeyed(role, made, role === "active" ? places : undefined);
    for (const one of keyed) isLaidOut(await exportedKeys(outside[one.component]), keysOf(one, role), 14);
    expect(new Set(keyed.map(({ inbound }) => Buffer.from(inbound.key).toString("hex"))).size).toBe(2);
  });
}

scenario("threat L3: s_client with another certificate than was signalled gets an alert and no keys", async () => {
  const [made, other] = [await makeCertificate({ names: ["phone"] }), await makeCertificate({ names: ["phone"] })];
  const client = openssl(other, "s_client", "-connect", `${ours}:${host.port}`, "-use_srtp", "SRTP_AES128_CM_SHA1_80");
  expect(await shakeHands("passive", made)).toEqual({ kind: "failed", reason: "dtls-fingerprint" });
  await eventually(
    "openssl to say why",
    () => client.said.includes("alert bad certificate") || client.said.includes("alert number 42"),
  );
});

const srtp = ["-use_srtp", "SRTP_AES128_CM_SHA1_80"];
for (const [what, hasCertificate, flags] of [
  ["without a certificate", false, srtp],
  ["with ciphers that hide nothing", true, [...srtp, "-cipher", "NULL:@SECLEVEL=0"]],
  ["without forward secrecy", true, [...srtp, "-cipher", "AES128-GCM-SHA256"]],
  ["that offers no SRTP", true, []],
] as const) {
  scenario(`threat L3: a client ${what} gets no keys`, async () => {
    const made = await makeCertificate({ names: ["phone"] });
    openssl(hasCertificate ? made : undefined, "s_client", "-connect", `${ours}:${host.port}`, ...flags);
    expect(await shakeHands("passive", made)).toEqual({ kind: "failed", reason: "dtls-handshake" });
  });
}
