/** Passkeys, as the browser gives them: only where it has them, which is on https and on this machine's own name. */
import { ApiError } from "./api.ts";

type Options = Record<string, unknown>;

/** What the API takes of it; the library that checks it reads the rest. */
interface Shown {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly [more: string]: unknown;
}

export function hasPasskeys(): boolean {
  return isSecureContext && "PublicKeyCredential" in globalThis && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Proves that one is here. @throws ApiError when the person or the browser did not want to */
export function showPasskey(options: Options): Promise<Shown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return asked(() => navigator.credentials.get({ publicKey }));
}

/** Makes a new one. @throws ApiError as above */
export function makePasskey(options: Options): Promise<Shown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return asked(() => navigator.credentials.create({ publicKey }));
}

async function asked(question: () => Promise<Credential | null>): Promise<Shown> {
  const credential = await question().catch(() => null);
  if (credential instanceof PublicKeyCredential) return { ...credential.toJSON() };
  throw new ApiError(
    0,
    "no-passkey",
    "The browser gave no passkey.",
    "Try again, or take another way to prove that it is you.",
  );
}
