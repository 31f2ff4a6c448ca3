/** Which doors of a service are open, and what its TLS agrees to. Each attempt is one connection, one after the other. */
import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect, type SecureVersion } from "node:tls";
import type { TlsSeen } from "@ringfence/grade";

interface Place {
  readonly address: string;
  readonly port: number;
}

const patience = 3_000;
const versions: readonly SecureVersion[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/** Without forward secrecy, or with what is broken. Asked for one by one; OpenSSL's level 0 lets us try the old ones. */
const oldCiphers = ["AES128-GCM-SHA256", "AES128-SHA", "AES256-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA"];

/** Undefined: no TLS is spoken there. */
export async function lookAtTls(to: Place, serverName: string): Promise<Omit<TlsSeen, "alsoClear"> | undefined> {
  const today = await handshake(to, serverName, {});
  if (today === undefined) return undefined;
  const agreed: string[] = [];
  for (const version of versions) {
    const range = { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" };
    if ((await handshake(to, serverName, range)) !== undefined) agreed.push(version);
  }
  const old: string[] = [];
  for (const cipher of oldCiphers) {
    const only = { maxVersion: "TLSv1.2", ciphers: `${cipher}:@SECLEVEL=0` } as const;
    if ((await handshake(to, serverName, only)) !== undefined) old.push(cipher);
  }
  return { ...today, versions: agreed, oldCiphers: old };
}

interface Terms {
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly ciphers?: string;
}

type Agreed = Pick<TlsSeen, "untrusted" | "notAfter" | "fitsName">;

function handshake({ address, port }: Place, serverName: string, terms: Terms): Promise<Agreed | undefined> {
  return new Promise((resolve) => {
    let fitsName = true;
    const socket = connect({
      host: address,
      port,
      ...(serverName === address ? {} : { servername: serverName }),
      rejectUnauthorized: false,
      ...terms,
    });
    const end = (agreed: Agreed | undefined): void => {
      socket.destroy();
      resolve(agreed);
    };
    socket.setTimeout(patience, () => end(undefined));
    socket.once("error", () => end(undefined));
    socket.once("close", () => resolve(undefined));
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      fitsName = certificate !== undefined && fits(certificate, serverName);
      const notAfter = certificate?.validToDate.getTime() ?? 0;
      const { authorizationError } = socket;
      // The name has a question of its own.
      const why = String(authorizationError ?? "");
      const untrusted = socket.authorized || why.includes("ALTNAME") ? undefined : why;
      end({ untrusted, notAfter, fitsName });
    });
  });
}

function fits(
  certificate: { checkHost(name: string): string | undefined; checkIP(ip: string): string | undefined },
  name: string,
): boolean {
  return certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined;
}

/** Whether an upgrade to a WebSocket that carries SIP is agreed to (RFC 7118 §4). */
export function takesWebSocket(
  secure: boolean,
  { address, port }: Place,
  serverName: string,
  origin: string,
): Promise<boolean> {
  return new Promise((resolve) => {
    const options = {
      host: address,
      port,
      path: "/",
      timeout: patience,
      headers: {
        host: serverName,
        origin,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": randomBytes(16).toString("base64"),
        "sec-websocket-version": "13",
        "sec-websocket-protocol": "sip",
      },
    };
    const request = secure
      ? httpsRequest({ ...options, servername: serverName, rejectUnauthorized: false })
      : httpRequest(options);
    const end = (open: boolean): void => {
      request.destroy();
      resolve(open);
    };
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      end(true);
    });
    // 403 is a WebSocket that does not like our origin: the door is there all the same.
    request.once("response", ({ statusCode }) => end(statusCode === 403 || statusCode === 426));
    request.once("timeout", () => end(false));
    request.once("error", () => end(false));
    request.end();
  });
}
