import { connect, type TLSSocket } from "node:tls";
import { type EdgeEvent, type MediaPort, startEdge } from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Made, makeCertificate } from "../support/certificates.ts";
import { freePort } from "../support/free-port.ts";

const media: MediaPort = {
  offer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  answer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  rollback() {},
  close() {},
};
const until = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 10_000 });

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

let authority: Made;
let own: Made;
beforeAll(async () => {
  authority = await makeCertificate({ authority: true });
  own = await makeCertificate({ names: ["edge.test"], by: authority });
});

interface Door {
  readonly port: number;
  readonly said: () => string;
}

/** An edge with a socket for one carrier, which must show who it is. */
async function door(tls = ""): Promise<Door> {
  const said: EdgeEvent[] = [];
  const port = await freePort();
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:9" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: 0 }] }
core: { phones_from: "127.0.0.1:0", trunks_from: "127.0.0.1:0" }
certificates: { edge: { cert: edge.pem, key: { file: edge.key } } }
trunks:
  - name: carrier
    hosts: [{ uri: "sip:127.0.0.1:9;transport=tls" }]
    listen: [{ transport: tls, address: 127.0.0.1, port: ${port}, certificate: edge }]
    tls: { require_client: true, ca: ca.pem, names: [carrier.test]${tls} }
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const edge = await startEdge({
    settings: { config: loaded.config, tls: () => own, authorities: new Map([["ca.pem", authority.cert]]) },
    policy: compile(loaded.config, { localAddresses: ["127.0.0.1"] }),
    media,
    onEvent: (event) => said.push(event),
    onCount() {},
  });
  cleanup.push(() => edge.stop());
  return { port, said: () => said.flatMap((e) => (e.event === "connection" ? [e.detail ?? ""] : [])).join("\n") };
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

/** What the edge answered to OPTIONS, and whether it hung up. */
function call(port: number, shown: Made | undefined): { readonly heard: () => string; readonly closed: () => boolean } {
  let heard = "";
  let closed = false;
  const own = shown === undefined ? {} : { cert: shown.cert, key: shown.key };
  const socket: TLSSocket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...own });
  socket.on("secureConnect", () => socket.write(options));
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
  });
  cleanup.push(() => socket.destroy());
  return { heard: () => heard, closed: () => closed };
}

test("a carrier that shows the right certificate is heard", async () => {
  const { port } = await door();
  const caller = call(port, await makeCertificate({ names: ["carrier.test"], by: authority }));
  await until(() => expect(caller.heard()).toMatch(/^SIP\/2\.0 200/));
});

const wrong: readonly (readonly [string, () => Promise<Made | undefined>, RegExp])[] = [
  ["no certificate", async () => undefined, /showed no certificate/],
  [
    "one for another name",
    () => makeCertificate({ names: ["other-trunk.test"], by: authority }),
    /none of the trunk's names/,
  ],
  ["an expired one", () => makeCertificate({ names: ["carrier.test"], by: authority, days: -1 }), /EXPIRED/],
  ["one that signs itself", () => makeCertificate({ names: ["carrier.test"] }), /SELF_SIGNED/],
];

test.each(wrong)("threat L9: who calls from a carrier's address with %s is not heard", async (_what, made, reason) => {
  const { port, said } = await door();
  const caller = call(port, await made());
  await until(() => expect(said()).toMatch(reason));
  await until(() => expect(caller.closed()).toBe(true));
  expect(caller.heard()).toBe("");
});

test("threat L9: who calls from a carrier's address with a key that is not pinned is not heard", async () => {
  const pinned = await makeCertificate({ names: ["carrier.test"], by: authority });
  const { port, said } = await door(`, pin_sha256: ["${pinned.pin}"]`);
  const caller = call(port, await makeCertificate({ names: ["carrier.test"], by: authority }));
  await until(() => expect(said()).toMatch(/not pinned/));
  expect(caller.heard()).toBe("");
});
