import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A self-signed certificate, written in DER by hand because Node can read X.509 but not make it. */

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const bits = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes);
/** 1.2.840.113549.1.1.11, sha256WithRSAEncryption, with its NULL. */
const algorithm = sequence(der(0x06, Buffer.from("2a864886f70d01010b", "hex")), der(0x05));
const commonName = der(0x06, Buffer.from("550403", "hex"));
const alternativeNames = der(0x06, Buffer.from("551d11", "hex"));

const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(text)))));

/** UTCTime, YYMMDDHHMMSSZ. */
const time = (date: Date): Buffer => {
  const digits = [...date.toISOString()].filter((c) => c >= "0" && c <= "9").join("");
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
};

const ipv4 = (address: string): Buffer => Buffer.from(address.split(".").map(Number));

const pem = (label: string, bytes: Buffer): string => {
  const text = bytes.toString("base64");
  const lines = Array.from({ length: Math.ceil(text.length / 64) }, (_, i) => text.slice(64 * i, 64 * i + 64));
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
};

export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
}

/** RSA 2048, good for ten years around now, for the given IPv4 addresses. */
export function selfSigned(addresses: readonly string[]): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const year = 365 * 24 * 3600 * 1000;
  const now = Date.now();
  const serial = randomBytes(8);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const names = sequence(...addresses.filter((a) => a.includes(".")).map((address) => der(0x87, ipv4(address))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    nameOf("miniSIPServer stand-in"),
    sequence(time(new Date(now - year)), time(new Date(now + 9 * year))),
    nameOf("miniSIPServer stand-in"),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(alternativeNames, der(0x04, names)))),
  );
  const certificate = sequence(body, algorithm, bits(sign("sha256", body, privateKey)));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem("CERTIFICATE", certificate),
    fingerprint: createHash("sha256").update(certificate).digest("hex"),
  };
}
