/** A site where Ringfence challenges: two accounts, phones that answer, and a PBX that wants the password of the account too. */
import { type Challenge, digestResponse, formatCredentials, parseChallenge, type Response } from "@ringfence/sip";
import { EdgeWorld, type Party, phoneDomain, type WorldOptions } from "./edge-world.ts";
import { type RegisterOptions, registerLines, replyLines } from "./sip-script.ts";

export const password = "correct horse battery";
export const pbxChallenge =
  'Digest realm="myvoipapp.com", nonce="69318C2DAFCF4A208C3EC12FC949C016", algorithm=MD5, stale=true';

export function edgeWorld(options: WorldOptions = {}): EdgeWorld {
  const accounts = `"1001": { password: "${password}" }\n"1002": { password: "another horse, another battery" }\n`;
  return new EdgeWorld("", { accounts, phones: "", ...options });
}

export function challengesOf(response: Response): readonly Challenge[] {
  const values = [...response.headers.all("WWW-Authenticate"), ...response.headers.all("Proxy-Authenticate")];
  return values.flatMap((value) => parseChallenge(value) ?? []);
}

export interface Proof {
  readonly user?: string;
  readonly password?: string;
  readonly method?: string;
  readonly uri?: string;
  readonly nc?: number;
}

let cnonces = 0;

/** Authorization or Proxy-Authorization for a challenge, as a phone writes it. */
export function credentialsFor(challenge: Challenge, proof: Proof = {}): string {
  const method = proof.method ?? "REGISTER";
  const credentials = {
    username: proof.user ?? "1001",
    realm: challenge.realm,
    nonce: challenge.nonce,
    uri: proof.uri ?? `sip:${phoneDomain}`,
    algorithm: challenge.algorithm,
    sess: false,
    opaque: challenge.opaque,
    // miniSipServer offers none.
    ...(challenge.qop.includes("auth") ? inTurn(proof.nc ?? 1) : { qop: undefined, nc: undefined, cnonce: undefined }),
  };
  const secret = { kind: "password", password: proof.password ?? password } as const;
  const response = digestResponse({ credentials, secret, method });
  const name = method === "REGISTER" ? "Authorization" : "Proxy-Authorization";
  return `${name}: ${formatCredentials({ ...credentials, response })}`;
}

function inTurn(count: number) {
  return { qop: "auth", nc: count.toString(16).padStart(8, "0"), cnonce: `c0ffee${++cnonces}` } as const;
}

/** Sends a REGISTER with the proof, after the challenge for it; what comes next is the test's to read. */
export function prove(phone: Party, o: RegisterOptions = {}, proof: Proof = {}): void {
  phone.send(registerLines(phone, o));
  const [challenge] = challengesOf(phone.response(401).message);
  if (challenge === undefined) throw new Error("no challenge");
  const line = credentialsFor(challenge, { ...(o.user === undefined ? {} : { user: o.user }), ...proof });
  phone.send(registerLines(phone, { ...o, cseq: (o.cseq ?? 1) + 1, extra: [...(o.extra ?? []), line] }));
}

/** The PBX challenges the next REGISTER and takes its repetition. */
export function pbxTakes(world: EdgeWorld, expires = 3600) {
  const pbx = world.pbx();
  const first = pbx.request("REGISTER").message;
  pbx.send(replyLines(first, "401 Unauthorized", [`WWW-Authenticate: ${pbxChallenge}`]));
  const second = pbx.request("REGISTER").message;
  pbx.send(replyLines(second, "200 OK", [`Expires: ${expires}`]));
  return { first, second };
}

export function registeredAtEdge(world: EdgeWorld, phone: Party, o: RegisterOptions = {}): void {
  prove(phone, o, o.user === "1002" ? { password: "another horse, another battery" } : {});
  pbxTakes(world);
  phone.response(200);
}
