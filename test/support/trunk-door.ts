/** An edge with a TLS socket for carriers on loopback, and callers that show a certificate there. */
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { type EdgeEvent, type EdgeHandle, type MediaPort, startEdge } from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import type { Made } from "./certificates.ts";
import { freePort } from "./free-port.ts";

const media: MediaPort = {
  offer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  answer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  rollback() {},
  close() {},
};

/** Events that are kept: a long run is asked for its memory, not for what it said. */
const MOST_SAID = 500;

export interface DoorTrunk {
  readonly name: string;
  /** It calls from here, a loopback address. */
  readonly from: string;
  /** Inside the braces of `tls`. */
  readonly tls: string;
  /** Name of the certificate it is shown. */
  readonly certificate?: string;
}

export interface DoorFiles {
  /** PEM by path, of `ca` and `crl`. */
  readonly authorities: ReadonlyMap<string, string>;
  readonly revocations?: ReadonlyMap<string, string>;
  /** By name in `certificates`. */
  readonly own: ReadonlyMap<string, Made>;
}

export interface Door {
  readonly edge: EdgeHandle;
  readonly port: number;
  /** What the log says of connections. */
  readonly said: () => string;
  readonly apply: (files: DoorFiles) => Promise<void>;
}

export async function openDoor(
  trunks: readonly DoorTrunk[],
  files: DoorFiles,
  cleanup: (() => unknown)[],
): Promise<Door> {
  const said: EdgeEvent[] = [];
  const port = await freePort();
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:9" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: 0 }] }
core: { phones_from: "127.0.0.1:${await freePort()}", trunks_from: "127.0.0.1:${await freePort()}" }
certificates:
${[...files.own.keys()].map((name) => `  ${name}: { cert: ${name}.pem, key: { file: ${name}.key } }`).join("\n")}
trunks:
${trunks
  .map(({ name, from, tls, certificate = "edge" }) => {
    const listen = `listen: [{ transport: tls, address: 127.0.0.1, port: ${port}, certificate: ${certificate} }]`;
    return `  - { name: ${name}, hosts: [{ uri: "sip:${from}:9;transport=tls" }], ${listen}, tls: { ${tls} } }`;
  })
  .join("\n")}
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = loaded;
  const settings = ({ own, authorities, revocations }: DoorFiles) => ({
    config,
    tls: (name: string | undefined) => {
      const pair = own.get(name ?? "edge");
      if (pair === undefined) throw new Error(`no certificate ${name}`);
      return pair;
    },
    authorities,
    revocations: revocations ?? new Map<string, string>(),
  });
  const policy = compile(config, { localAddresses: ["127.0.0.1"] });
  const onEvent = (event: EdgeEvent) => {
    said.push(event);
    if (said.length > MOST_SAID) said.shift();
  };
  const edge = await startEdge({ settings: settings(files), policy, media, onEvent, onCount() {} });
  cleanup.push(() => edge.stop());
  return {
    edge,
    port,
    said: () => said.flatMap((e) => (e.event === "connection" ? [e.detail ?? ""] : [])).join("\n"),
    apply: (next) => edge.apply(settings(next), policy),
  };
}

const options = [
  "OPTIONS sip:127.0.0.1 SIP/2.0",
  "Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKcaller",
  "Max-Forwards: 70",
  "From: <sip:carrier.test>;tag=1",
  "To: <sip:127.0.0.1>",
  "Call-ID: caller",
  "CSeq: 1 OPTIONS",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");

export interface Caller {
  readonly socket: TLSSocket;
  /** What was answered to OPTIONS. */
  readonly heard: () => string;
  readonly closed: () => boolean;
  /** Asks once more. */
  readonly ask: () => void;
}

/** @param from the loopback address to call from */
export function callDoor(
  port: number,
  shown: Made | undefined,
  cleanup: (() => unknown)[],
  { from = "127.0.0.1", ...more }: ConnectionOptions & { readonly from?: string } = {},
): Caller {
  let heard = "";
  let closed = false;
  const own = shown === undefined ? {} : { cert: shown.cert, key: shown.key };
  const to = { host: "127.0.0.1", port, localAddress: from, rejectUnauthorized: false };
  const socket = connect({ ...to, ...own, ...more });
  socket.on("secureConnect", () => socket.write(options));
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
  });
  cleanup.push(() => socket.destroy());
  return { socket, heard: () => heard, closed: () => closed, ask: () => void socket.write(options) };
}
