import type { OutRequest } from "../message/build.ts";
import type { Random } from "../outside.ts";
import { type Challenge, type Credentials, formatCredentials } from "./challenge.ts";
import { digestResponse, type Secret } from "./response.ts";

const CNONCE_OCTETS = 16;

/** RFC 7616 §3.4: the value of Authorization or Proxy-Authorization that answers this challenge for this request. */
export function digestAnswer(
  challenge: Challenge,
  account: { readonly username: string; readonly secret: Secret },
  { method, uri, body }: Pick<OutRequest, "method" | "uri" | "body">,
  random: Random,
): string {
  const qop = challenge.qop.includes("auth") ? "auth" : challenge.qop[0];
  const isProtected = qop !== undefined || challenge.sess;
  const fields: Omit<Credentials, "response" | "opaque"> = {
    username: account.username,
    realm: challenge.realm,
    nonce: challenge.nonce,
    uri,
    algorithm: challenge.algorithm,
    sess: challenge.sess,
    cnonce: isProtected ? Buffer.from(random(CNONCE_OCTETS)).toString("hex") : undefined,
    nc: qop === undefined ? undefined : "00000001",
    qop,
  };
  const response = digestResponse({ credentials: fields, secret: account.secret, method, body });
  return formatCredentials({ ...fields, response, opaque: challenge.opaque });
}

/** RFC 3261 §22.2: a request that is sent once more has the next sequence number. A copy. */
export function nextSequence(sent: OutRequest): OutRequest["headers"] {
  const number = Number.parseInt(sent.headers.get("CSeq") ?? "0", 10) + 1;
  return sent.headers.clone().set("CSeq", `${number} ${sent.method}`);
}
