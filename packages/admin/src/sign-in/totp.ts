/** Codes of an authenticator (RFC 6238: SHA-1, six digits, 30 seconds, which is what authenticators know). */
import { generateSecret, generateURI, verifySync } from "otplib";

const step = 30;

/** 160 bits, base32. */
export function newTotpSecret(): string {
  return generateSecret();
}

/** What the QR code holds. */
export function totpUri(user: string, host: string, secret: string): string {
  return generateURI({ issuer: `Ringfence ${host}`, label: user, secret });
}

/**
 * The 30 seconds that the code is of, which is what to pass as `usedStep` from then on; undefined: it is wrong, or was used. A clock that is
 * one step off is forgiven.
 */
export function checkTotp(now: number, secret: string, code: string, usedStep: number): number | undefined {
  const epoch = Math.floor(now / 1_000);
  const result = verifySync({ secret, token: code, epoch, epochTolerance: step, afterTimeStep: usedStep });
  return result.valid && "timeStep" in result ? result.timeStep : undefined;
}
