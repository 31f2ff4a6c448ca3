/**
 * Asks the fraud service of the configuration, over connections that are kept: at most some at a time, with an end in time and in size.
 * A certificate is always verified; a redirect is no answer. What comes back is text that somebody else reads.
 */
import { createHmac } from "node:crypto";
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { FraudServiceConfig } from "@ringfence/policy";

export interface FraudPlace {
  readonly url: string;
  readonly deadlineMs: number;
  /** Key of the signature. */
  readonly secret: string | undefined;
  /** PEM; undefined: the system's. */
  readonly authorities: string | undefined;
}

/** @param material what the configuration names and somebody else has read */
export function fraudPlaceOf(
  service: FraudServiceConfig | undefined,
  material: {
    readonly fraudSecret?: string | undefined;
    readonly authorities?: ReadonlyMap<string, string> | undefined;
  },
): FraudPlace | undefined {
  if (service === undefined) return undefined;
  const { url, deadlineMs, ca } = service;
  // A file that was not read trusts nobody.
  const authorities = ca === undefined ? undefined : (material.authorities?.get(ca) ?? "");
  return { url, deadlineMs, secret: material.fraudSecret, authorities };
}

/** Connections at one time; questions beyond wait for one of them, as long as their deadline. */
const MAX_SOCKETS = 8;
const MAX_OCTETS = 4_096;
const KEPT_IDLE = 30_000;

export interface FraudClient {
  /** Undefined: no answer that counts. Never rejects. */
  ask(question: object): Promise<string | undefined>;
  close(): void;
}

/** @param place of the configuration in force; another one gets connections of its own */
export function createFraudClient(place: () => FraudPlace | undefined, wall: () => number): FraudClient {
  let pool: Pool | undefined;
  return {
    async ask(question) {
      const wanted = place();
      if (wanted === undefined) return undefined;
      if (pool === undefined || !leadsThere(pool, wanted)) {
        pool?.agent.destroy();
        pool = open(wanted);
      }
      return post(pool, wanted, JSON.stringify(question), Math.floor(wall() / 1_000));
    },
    close: () => pool?.agent.destroy(),
  };
}

interface Pool {
  readonly place: FraudPlace;
  readonly agent: PlainAgent;
  readonly request: typeof plainRequest;
}

function open(place: FraudPlace): Pool {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS, timeout: KEPT_IDLE };
  if (!place.url.startsWith("https:")) return { place, agent: new PlainAgent(options), request: plainRequest };
  const ca = place.authorities === undefined ? {} : { ca: place.authorities };
  const agent = new SecureAgent({ ...options, ...ca, minVersion: "TLSv1.2", rejectUnauthorized: true });
  return { place, agent, request: secureRequest };
}

function leadsThere({ place }: Pool, { url, authorities }: FraudPlace): boolean {
  return place.url === url && place.authorities === authorities;
}

function post({ agent, request }: Pool, { url, deadlineMs, secret }: FraudPlace, body: string, seconds: number) {
  return new Promise<string | undefined>((resolve) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      accept: "application/json",
      ...signature(secret, body, seconds),
    };
    const signal = AbortSignal.timeout(deadlineMs);
    const sent = request(url, { method: "POST", agent, signal, maxHeaderSize: 8_192, headers }, (response) =>
      read(response, resolve),
    );
    sent.on("error", () => resolve(undefined));
    sent.end(body);
  });
}

/** Over the time too, so that a question that somebody has recorded is an old one. */
function signature(secret: string | undefined, body: string, seconds: number): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const mac = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return { "ringfence-signature": `t=${seconds},sha256=${mac}` };
}

function read(response: IncomingMessage, resolve: (text: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const none = (): void => {
    resolve(undefined);
    response.destroy();
  };
  response.on("error", () => resolve(undefined));
  response.on("aborted", () => resolve(undefined));
  if (response.statusCode !== 200) return none();
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OCTETS) return none();
    chunks.push(chunk);
  });
  response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
}
