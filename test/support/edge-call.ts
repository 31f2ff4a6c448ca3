/** With `authentication: edge`: a registered phone's requests with their proof, and a call of it that is up. */
import { parseCredentials, type Request, type Response, verifyDigest } from "@ringfence/sip";
import { allMethods, phoneDialog } from "./call-up.ts";
import { challengesOf, credentialsFor, edgeWorld, password, registeredAtEdge } from "./edge-accounts.ts";
import type { EdgeWorld, Party, WorldOptions } from "./edge-world.ts";
import { answer, branch, inDialogLines, inviteLines, offer, replyLines } from "./sip-script.ts";

/** Whether the request proves the password of account 1001 to the PBX. */
export function proves(request: Request, realm = "myvoipapp.com"): boolean {
  const value = request.headers.get("Authorization") ?? request.headers.get("Proxy-Authorization") ?? "";
  const credentials = parseCredentials(value);
  if (credentials?.realm !== realm || credentials.username !== "1001") return false;
  return verifyDigest(credentials, { secret: { kind: "password", password }, method: request.method });
}

let nonces = 0;

/** The PBX refuses with a challenge of its own. */
export function challengeLines(request: Request, status: 401 | 407 = 407, realm = "myvoipapp.com"): readonly string[] {
  const name = status === 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
  const phrase = status === 401 ? "401 Unauthorized" : "407 Proxy Authentication Required";
  return replyLines(request, phrase, [`${name}: Digest realm="${realm}", nonce="PBX${++nonces}", algorithm=MD5`]);
}

export interface Site {
  readonly world: EdgeWorld;
  readonly phone: Party;
  readonly pbx: Party;
}

export function siteUp(options: WorldOptions = {}): Site {
  const world = edgeWorld({ phones: allMethods, ...options });
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registeredAtEdge(world, phone);
  return { world, phone, pbx: world.pbx() };
}

/** A request outside a dialog, challenged by us and sent again with the proof. */
export function proven({ phone }: Pick<Site, "phone">, method: string, lines: readonly string[], body = ""): void {
  phone.send(lines, body);
  const [challenge] = challengesOf(phone.response(407).message);
  if (challenge === undefined) throw new Error("no challenge of ours");
  const uri = lines[0]?.split(" ")[1] ?? "";
  const [, ...rest] = lines.map((line) => (line.startsWith("Via:") ? line.replace("branch=", "branch=x") : line));
  phone.send([lines[0] ?? "", ...rest, credentialsFor(challenge, { method, uri })], body);
}

export function standingLines(method: string, target: string, extra: readonly string[]): readonly string[] {
  return [
    `${method} ${target} SIP/2.0`,
    `Via: SIP/2.0/TLS 192.0.2.10:40000;branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:1001@pbx.example.com>;tag=standing",
    `To: <${target}>`,
    `Call-ID: ${branch()}`,
    `CSeq: 7 ${method}`,
    ...extra,
  ];
}

export interface EdgeCall extends Site {
  /** As the PBX took it. */
  readonly invite: Request;
  readonly ok: Response;
}

/** 1001 has called 600; the PBX challenged that, got our answer, and answered. */
export function edgeCallUp(site: Site = siteUp()): EdgeCall {
  const { phone, pbx } = site;
  proven(site, "INVITE", [...inviteLines(phone), "Content-Type: application/sdp"], offer);
  phone.response(100);
  pbx.send(challengeLines(pbx.request("INVITE").message));
  pbx.request("ACK");
  const { message: invite } = pbx.request("INVITE");
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  pbx.request("ACK");
  const { message: ok } = phone.response(200);
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 10)));
  return { ...site, invite, ok };
}
