/** A site that verifies, and the calls of its carrier. */
import { makeCertificate } from "./certificates.ts";
import { EdgeWorld } from "./edge-world.ts";
import { inviteLines, offer } from "./sip-script.ts";
import { identity, makeSigner, type TokenWish } from "./stir.ts";

const authority = await makeCertificate({ authority: true });
export const signer = await makeSigner(authority);
/** May sign for that number only. */
export const signerFor = (number: string) => makeSigner(authority, { entries: [["one", number]] });

const stir = "stir: { trust: { file: ca.pem }, x5u_hosts: [{ host: certificates.example }] }\n";

/** @param rest more of the trunk's `identity` */
export function verifyingSite(verify = "required", rest = ""): EdgeWorld {
  const trunks = `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7" }]
    numbers: { caller_id: pai }
    identity: { verify: ${verify}${rest} }
`;
  const world = new EdgeWorld(stir, { trunks, trust: authority.cert });
  world.credentials = () => ({ ok: true, pem: signer.cert, maxAgeMs: undefined });
  return world;
}

export const dialled = "sip:+4930123456@203.0.113.1";
let calls = 0;

/** The carrier calls with these header lines. */
export function ring(world: EdgeWorld, lines: readonly string[], callId = `call-${++calls}`): void {
  const from = "<sip:+4930555000@198.51.100.7>";
  const carrier = world.carrier();
  const extra = [...lines, "Content-Type: application/sdp"];
  carrier.send(inviteLines(carrier, { to: dialled, from, callId, extra }), offer);
  carrier.response(100);
}

export function signed(wish: TokenWish = {}): string {
  return `Identity: ${identity({ key: signer.key, ...wish })}`;
}

export const outcomes = (world: EdgeWorld) => world.events("identity").map(({ reason }) => reason);
export const fetches = (world: EdgeWorld) => world.outputs.filter(({ kind }) => kind === "credential-fetch").length;
