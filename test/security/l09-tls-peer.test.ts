import { once } from "node:events";
import { createServer, type Server } from "node:tls";
import { type EdgeEvent, type MediaPort, startEdge } from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Made, makeCertificate, makeRevocations } from "../support/certificates.ts";

const media: MediaPort = {
  offer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  answer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  rollback() {},
  close() {},
};

const until = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 30_000 });

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

let authority: Made;
let stranger: Made;
let own: Made;
let revoked: Made;
let revocations: ReadonlyMap<string, string>;
beforeAll(async () => {
  authority = await makeCertificate({ authority: true });
  stranger = await makeCertificate({ authority: true });
  own = await makeCertificate({ names: ["edge.test"], by: authority });
  revoked = await makeCertificate({ names: ["carrier.test"], by: authority });
  revocations = new Map([
    ["ca.crl", await makeRevocations(authority, [revoked])],
    ["old.crl", await makeRevocations(authority, [], -1)],
  ]);
});

interface Carrier {
  readonly port: number;
  /** What came through the encryption. */
  readonly heard: () => string;
  readonly closed: () => number;
  readonly clientNames: () => readonly (string | undefined)[];
}

async function carrier(
  shown: Made,
  options: { readonly requestCert?: boolean; readonly maxVersion?: "TLSv1.2"; readonly ciphers?: string } = {},
): Promise<Carrier> {
  let heard = "";
  let closed = 0;
  const clients: (string | undefined)[] = [];
  const server: Server = createServer(
    { cert: shown.cert, key: shown.key, rejectUnauthorized: false, ...options },
    (socket) => {
      clients.push(socket.getPeerX509Certificate()?.subjectAltName);
      socket.on("data", (bytes) => {
        heard += bytes.toString("latin1");
      });
      socket.on("error", () => {});
    },
  );
  server.on("tlsClientError", () => {});
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("close", () => closed++);
    cleanup.push(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, heard: () => heard, closed: () => closed, clientNames: () => clients };
}

/** An edge whose one trunk is that carrier, asked with OPTIONS at once; what it says of connections. */
async function edgeWith(port: number, tls: string): Promise<() => readonly string[]> {
  const said: EdgeEvent[] = [];
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:9" }
phones: { domains: [pbx.example.com], listen: [{ transport: tls, address: 127.0.0.1, port: 0, certificate: edge }] }
certificates: { edge: { cert: edge.pem, key: { file: edge.key } } }
trunks:
  - { name: carrier, hosts: [{ uri: "sip:127.0.0.1:${port};transport=tls" }], keepalive: 1h, tls: { ${tls} } }
`);
  const config = loaded.ok ? loaded.config : undefined;
  if (config === undefined) throw new Error(JSON.stringify(loaded));
  const apart = {
    ...config,
    core: {
      ...config.core,
      phonesFrom: { address: "127.0.0.1", port: 0 },
      trunksFrom: { address: "127.0.0.2", port: 0 },
    },
  };
  const edge = await startEdge({
    settings: { config: apart, tls: () => own, authorities: new Map([["ca.pem", authority.cert]]), revocations },
    policy: compile(apart),
    media,
    onEvent: (event) => said.push(event),
    onCount() {},
  });
  cleanup.push(() => edge.stop());
  return () => said.flatMap((e) => (e.event === "connection" ? [e.detail ?? ""] : []));
}

test("a carrier with the right certificate, which no list names, gets our OPTIONS", async () => {
  const listed = await carrier(await makeCertificate({ names: ["carrier.test"], by: authority }));
  await edgeWith(listed.port, "ca: ca.pem, crl: ca.crl, names: [carrier.test]");
  await until(() => expect(listed.heard()).toMatch(/^OPTIONS /));
});

test("a certificate that names the carrier's SIP domain is the carrier's, one that names an account there is not", async () => {
  const named = (uri: string) => makeCertificate({ by: authority, uris: [uri] });
  const right = await carrier(await named("sip:carrier.test"));
  await edgeWith(right.port, "ca: ca.pem, names: [carrier.test]");
  await until(() => expect(right.heard()).toMatch(/^OPTIONS /));
  for (const uri of ["sip:somebody@carrier.test", "sip:carrier.test, DNS:carrier.test", "https://carrier.test"]) {
    const wrong = await carrier(await named(uri));
    const said = await edgeWith(wrong.port, "ca: ca.pem, names: [carrier.test]");
    await until(() => expect(said().join("\n")).toMatch(/altnames|carrier\.test/i));
    expect(wrong.heard()).toBe("");
  }
});

test("a carrier that has TLS 1.2 with RSA-AES128-CBC-SHA and nothing else is reached where the trunk allows it", async () => {
  const shown = await makeCertificate({ names: ["carrier.test"], by: authority, rsa: true });
  const there = await carrier(shown, { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" });
  const said = await edgeWith(there.port, "ca: ca.pem, names: [carrier.test]");
  await until(() => expect(said().join("\n")).toMatch(/handshake failure/i));
  await edgeWith(there.port, "ca: ca.pem, names: [carrier.test], ciphers: compatible");
  await until(() => expect(there.heard()).toMatch(/^OPTIONS /));
});

test("a carrier with the right certificate gets our OPTIONS", async () => {
  const there = await carrier(await makeCertificate({ names: ["carrier.test"], by: authority }));
  await edgeWith(there.port, "ca: ca.pem, names: [carrier.test]");
  await until(() => expect(there.heard()).toMatch(/^OPTIONS sip:127\.0\.0\.1 SIP\/2\.0\r\n/));
});

const wrong: readonly (readonly [string, () => Promise<Made>, string, RegExp])[] = [
  [
    "a certificate for another name",
    () => makeCertificate({ names: ["evil.test"], by: authority }),
    "ca: ca.pem, names: [carrier.test]",
    /altnames|carrier\.test/i,
  ],
  [
    "a certificate for a name where the host is an address",
    () => makeCertificate({ names: ["carrier.test"], by: authority }),
    "ca: ca.pem",
    /127\.0\.0\.1/,
  ],
  ["a revoked certificate", async () => revoked, "ca: ca.pem, crl: ca.crl, names: [carrier.test]", /revoked/],
  [
    "a right certificate and a revocation list that is too old",
    () => makeCertificate({ names: ["carrier.test"], by: authority }),
    "ca: ca.pem, crl: old.crl, names: [carrier.test]",
    /CRL has expired/i,
  ],
  [
    "an expired certificate",
    () => makeCertificate({ names: ["carrier.test"], by: authority, days: -1 }),
    "ca: ca.pem, names: [carrier.test]",
    /expired/,
  ],
  [
    "a certificate that signs itself",
    () => makeCertificate({ names: ["carrier.test"] }),
    "ca: ca.pem, names: [carrier.test]",
    /self-signed|self signed|unable to verify/,
  ],
  [
    "a certificate of another authority",
    () => makeCertificate({ names: ["carrier.test"], by: stranger }),
    "ca: ca.pem, names: [carrier.test]",
    /unable to (verify|get)/,
  ],
  [
    "a right certificate of no authority of the system",
    () => makeCertificate({ names: ["carrier.test"], by: authority }),
    "names: [carrier.test]",
    /unable to (verify|get)/,
  ],
];

test.each(wrong)(
  "threat L9: %s ends the connection before any byte of SIP, with the reason",
  async (_what, made, tls, reason) => {
    const there = await carrier(await made());
    const said = await edgeWith(there.port, tls);
    await until(() => expect(said().join("\n")).toMatch(reason));
    await until(() => expect(there.closed()).toBe(1));
    expect(there.heard()).toBe("");
  },
);

test.each(["verify: true, ca: ca.pem, names: [carrier.test]", "verify: false"])(
  "threat L9: a pinned key that changed ends the connection before any byte of SIP (%s)",
  async (tls) => {
    const pinned = await makeCertificate({ names: ["carrier.test"], by: authority });
    const changed = await makeCertificate({ names: ["carrier.test"], by: authority });
    const there = await carrier(changed);
    const said = await edgeWith(there.port, `${tls}, pin_sha256: ["${pinned.pin}"]`);
    await until(() => expect(said().join("\n")).toContain(`not pinned: ${changed.pin}`));
    await until(() => expect(there.closed()).toBe(1));
    expect(there.heard()).toBe("");
  },
);

test("a peer that signs for itself is known by its pinned key, as miniSipServer is", async () => {
  const made = await makeCertificate({ days: -1 });
  const there = await carrier(made);
  await edgeWith(there.port, `verify: false, pin_sha256: ["${made.pin}"]`);
  await until(() => expect(there.heard()).toMatch(/^OPTIONS /));
});

test("threat L9: a peer that speaks older TLS than the trunk allows is refused", async () => {
  const there = await carrier(await makeCertificate({ names: ["carrier.test"], by: authority }), {
    maxVersion: "TLSv1.2",
  });
  const said = await edgeWith(there.port, "ca: ca.pem, names: [carrier.test], min_version: TLSv1.3");
  await until(() => expect(said().join("\n")).toMatch(/protocol version|unsupported/i));
  expect(there.heard()).toBe("");
});

test("the trunk's client certificate is shown to the carrier that asks for one", async () => {
  const there = await carrier(await makeCertificate({ names: ["carrier.test"], by: authority }), { requestCert: true });
  await edgeWith(there.port, "ca: ca.pem, names: [carrier.test], client_certificate: edge");
  await until(() => expect(there.clientNames()).toEqual(["DNS:edge.test"]));
});
