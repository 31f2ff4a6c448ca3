/** Another implementation of JWS: what it signs we must verify, what it refuses we must refuse. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { CompactSign, compactVerify } from "jose";

/** The claims and header it reads; undefined: it does not verify. @param cert PEM of a certificate or public key */
export async function joseReads(
  token: string,
  cert: string,
): Promise<{ claims: unknown; header: unknown } | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(token, createPublicKey(cert));
    return { claims: JSON.parse(Buffer.from(payload).toString()), header: protectedHeader };
  } catch {
    return undefined;
  }
}

export function joseSigns(claims: unknown, header: { readonly alg: string }, key: string): Promise<string> {
  const signing = new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ ...header });
  return signing.sign(createPrivateKey(key));
}
