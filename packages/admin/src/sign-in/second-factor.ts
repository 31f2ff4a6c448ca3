/** What a user has, beside the password they know: an authenticator, a passkey, or a recovery code. */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { ApiError } from "../door/problems.ts";
import { hashCode, isSameHash, newCode } from "../people/secret-code.ts";
import type { Passkey, User } from "../people/user-file.ts";
import type { Caller } from "./caller.ts";

const passkeyMs = 120_000;
const recoveryCodes = 10;

/** WebAuthn knows names only: an address has no passkeys. */
export function hasName({ host }: Caller): boolean {
  return !host.includes(":") && [...host].some((character) => character >= "a" && character <= "z");
}

function needName(caller: Caller): void {
  if (hasName(caller)) return;
  const remedy = "Open it by a name of admin.names, or as localhost.";
  throw new ApiError(409, "passkey-needs-name", "browsers know passkeys for names only, not for addresses", remedy);
}

export type PasskeyOptions = Readonly<Record<string, unknown>> & { readonly challenge: string };

export async function newPasskeyOptions(caller: Caller, user: string): Promise<PasskeyOptions> {
  needName(caller);
  const options = await generateRegistrationOptions({
    rpName: "Ringfence",
    rpID: caller.host,
    userName: user,
    timeout: passkeyMs,
    attestationType: "none",
    authenticatorSelection: { residentKey: "discouraged", userVerification: "preferred" },
  });
  return { ...options };
}

/** Undefined: it is not what was asked for. */
export async function readNewPasskey(
  caller: Caller,
  challenge: string,
  response: unknown,
): Promise<Passkey | undefined> {
  const verified = await orUndefined(() =>
    verifyRegistrationResponse({
      response: response as Parameters<typeof verifyRegistrationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: caller.origin,
      expectedRPID: caller.host,
      requireUserVerification: false,
    }),
  );
  const made = verified?.verified === true ? verified.registrationInfo?.credential : undefined;
  if (made === undefined) return undefined;
  const publicKey = Buffer.from(made.publicKey).toString("base64url");
  return { id: made.id, publicKey, counter: made.counter, transports: [...(made.transports ?? [])] };
}

export async function passkeyQuestion(caller: Caller, { passkeys }: User): Promise<PasskeyOptions> {
  needName(caller);
  const options = await generateAuthenticationOptions({
    rpID: caller.host,
    timeout: passkeyMs,
    userVerification: "preferred",
    allowCredentials: passkeys.map(({ id }) => ({ id })),
  });
  return { ...options };
}

/** The passkey with its new counter; undefined: it is none of this user's, or not what was asked for. */
export async function checkPasskey(
  caller: Caller,
  { passkeys }: User,
  challenge: string,
  response: unknown,
): Promise<Passkey | undefined> {
  const id = typeof response === "object" && response !== null && "id" in response ? response.id : undefined;
  const passkey = passkeys.find((one) => one.id === id);
  if (passkey === undefined) return undefined;
  const publicKey = new Uint8Array(Buffer.from(passkey.publicKey, "base64url"));
  const verified = await orUndefined(() =>
    verifyAuthenticationResponse({
      response: response as Parameters<typeof verifyAuthenticationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: caller.origin,
      expectedRPID: caller.host,
      credential: { id: passkey.id, publicKey, counter: passkey.counter },
      requireUserVerification: false,
    }),
  );
  return verified?.verified === true ? { ...passkey, counter: verified.authenticationInfo.newCounter } : undefined;
}

/** Shown once, kept as hashes. */
export function newRecoveryCodes(random: (count: number) => Uint8Array) {
  const codes = Array.from({ length: recoveryCodes }, () => newCode(random, 16));
  return { codes, hashes: codes.map(hashCode) };
}

/** The hashes that are left; undefined: none of them was meant. */
export function takeRecoveryCode({ recovery }: User, code: string): readonly string[] | undefined {
  const hash = hashCode(code);
  const left = recovery.filter((kept) => !isSameHash(kept, hash));
  return left.length === recovery.length ? undefined : left;
}

/** The library throws for what a browser should not have sent. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
