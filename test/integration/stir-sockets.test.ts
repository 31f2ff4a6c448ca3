/** STIR as it runs: sockets, the machine's clock, and a certificate that comes from a web server. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type EdgeEvent, type MediaPort, startEdge } from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import { afterEach, expect, test } from "vitest";
import { makeCertificate } from "../support/certificates.ts";
import { freePort } from "../support/free-port.ts";
import { offer } from "../support/sip-script.ts";
import { identity, makeSigner } from "../support/stir.ts";

const media: MediaPort = {
  offer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  answer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  rollback() {},
  close() {},
};

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function udp(address: string): Promise<{ readonly socket: Socket; readonly port: number }> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  cleanup.push(() => socket.close());
  return { socket, port: socket.address().port };
}

test("a carrier's signed call is verified with a certificate from the web, and one to a carrier is signed", async () => {
  const [sti, web] = [await makeCertificate({ authority: true }), await makeCertificate({ authority: true })];
  const [signer, ours] = [await makeSigner(sti), await makeSigner(sti)];
  const site = await makeCertificate({ by: web, names: ["certificates.example"] });
  const asked: (string | undefined)[] = [];
  const server = createServer({ cert: site.cert, key: site.key }, (request, response) => {
    asked.push(request.url);
    response.end(signer.cert);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const [pbx, carrier] = [await udp("127.0.0.1"), await udp("127.0.0.4")];
  const listen = await freePort("127.0.0.5");
  const core = { phones: await freePort("127.0.0.2"), trunks: await freePort("127.0.0.3") };
  const loaded = loadConfig(`
pbx: { address: "127.0.0.1:${pbx.port}" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.5, port: ${listen} }] }
core: { phones_from: "127.0.0.2:${core.phones}", trunks_from: "127.0.0.3:${core.trunks}" }
certificates: { ours: { cert: a, key: { file: b } } }
stir:
  trust: { file: sti.pem }
  x5u_hosts: [{ host: "certificates.example:${port}", address: 127.0.0.1, ca: web.pem }]
  sign: { certificate: ours, x5u: "https://ours.example/a.pem", numbers: ["+4930*"] }
trunks:
  - name: carrier
    hosts: [{ uri: "sip:127.0.0.4:${carrier.port}" }]
    identity: { verify: required, sign: true, verstat: true }
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = loaded;
  const events: EdgeEvent[] = [];
  const authorities = new Map([
    ["sti.pem", sti.cert],
    ["web.pem", web.cert],
  ]);
  const edge = await startEdge({
    settings: { config, tls: () => ours, authorities },
    policy: compile(config, { localAddresses: ["127.0.0.5"] }),
    media,
    onEvent: (event) => void events.push(event),
    onCount() {},
  });
  cleanup.push(() => edge.stop());

  const invite = (from: typeof pbx, at: string, to: string, caller: string, extra: readonly string[]): string =>
    [
      `INVITE sip:${to}@${at} SIP/2.0`,
      `Via: SIP/2.0/UDP ${from.socket.address().address}:${from.port};branch=z9hG4bK${to}`,
      "Max-Forwards: 70",
      `From: <sip:${caller}@x.example>;tag=a`,
      `To: <sip:${to}@${at}>`,
      `Call-ID: ${to}`,
      "CSeq: 1 INVITE",
      `Contact: <sip:a@${from.socket.address().address}:${from.port}>`,
      ...extra,
      "Content-Type: application/sdp",
      `Content-Length: ${offer.length}`,
      "",
      offer,
    ].join("\r\n");
  const x5u = `https://certificates.example:${port}/signer.pem`;
  const token = identity({ key: signer.key, header: { x5u }, params: `;info=<${x5u}>;alg=ES256;ppt="shaken"` });
  const atPbx = once(pbx.socket, "message");
  carrier.socket.send(
    invite(carrier, `127.0.0.5:${listen}`, "+4930123456", "+4930555000", [`Identity: ${token}`]),
    listen,
    "127.0.0.5",
  );
  expect(String((await atPbx)[0])).toContain(
    "From: <sip:+4930555000;verstat=TN-Validation-Passed@127.0.0.3;user=phone>",
  );
  expect(asked).toEqual(["/signer.pem"]);
  expect(events).toContainEqual(expect.objectContaining({ event: "identity", reason: "verified", trunk: "carrier" }));

  const atCarrier = new Promise<string>((resolve) => {
    carrier.socket.on("message", (bytes) => String(bytes).startsWith("INVITE") && resolve(String(bytes)));
  });
  pbx.socket.send(invite(pbx, "127.0.0.3", "+33123456", "+4930111", []), core.trunks, "127.0.0.3");
  expect(await atCarrier).toMatch(
    /^Identity: [\w-]+\.[\w-]+\.[\w-]{86};info=<https:\/\/ours\.example\/a\.pem>;alg=ES256;ppt=shaken\r$/m,
  );
});
