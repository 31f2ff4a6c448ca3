/** A passkey in software (WebAuthn level 2, ES256, no attestation): written apart from the library that checks it. */
import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";

export interface Site {
  readonly origin: string;
  /** Name without port. */
  readonly host: string;
}

export function softPasskey() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(16);
  let counter = 0;
  const told = ({ origin }: Site, type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const named = { id: id.toString("base64url"), rawId: id.toString("base64url"), type: "public-key" };
  const head = ({ host }: Site, flags: number): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(++counter);
    return Buffer.concat([createHash("sha256").update(host).digest(), Buffer.from([flags]), count]);
  };
  return {
    /** What navigator.credentials.create gives. */
    made(site: Site, challenge: string) {
      const { x = "", y = "" } = publicKey.export({ format: "jwk" });
      // {1: 2, 3: -7, -1: 1, -2: x, -3: y}: RFC 9053 §7.1.1.
      const cose = Buffer.concat([
        Buffer.from("a5010203262001215820", "hex"),
        Buffer.from(x, "base64url"),
        Buffer.from("225820", "hex"),
        Buffer.from(y, "base64url"),
      ]);
      const data = Buffer.concat([head(site, 0x45), Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
      // {"fmt": "none", "attStmt": {}, "authData": data}
      const attestation = Buffer.concat([
        Buffer.from([0xa3, 0x63]),
        Buffer.from("fmt"),
        Buffer.from([0x64]),
        Buffer.from("none"),
        Buffer.from([0x67]),
        Buffer.from("attStmt"),
        Buffer.from([0xa0, 0x68]),
        Buffer.from("authData"),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      const clientDataJSON = told(site, "webauthn.create", challenge).toString("base64url");
      const response = { clientDataJSON, attestationObject: attestation.toString("base64url") };
      return { ...named, response, clientExtensionResults: {} };
    },
    /** What navigator.credentials.get gives. */
    signed(site: Site, challenge: string) {
      const data = head(site, 0x05);
      const client = told(site, "webauthn.get", challenge);
      const signer = createSign("sha256").update(data).update(createHash("sha256").update(client).digest());
      const response = {
        clientDataJSON: client.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        signature: signer.sign(privateKey).toString("base64url"),
      };
      return { ...named, response, clientExtensionResults: {} };
    },
  };
}
