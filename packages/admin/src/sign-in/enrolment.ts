/** A user's first sign-in: the code of an invitation, a password of their own, and a second factor before anything else. */
import { ApiError, notSignedIn, signInRefused } from "../door/problems.ts";
import type { Lockout } from "../people/lockout.ts";
import { type Passwords, weakness } from "../people/password.ts";
import type { People } from "../people/people.ts";
import type { Enrolment, Session, Sessions } from "../people/sessions.ts";
import type { Passkey } from "../people/user-file.ts";
import type { Caller } from "./caller.ts";
import { hasName, newPasskeyOptions, newRecoveryCodes, type PasskeyOptions, readNewPasskey } from "./second-factor.ts";
import type { Begun, SignInNote } from "./sign-in.ts";
import { checkTotp, newTotpSecret, totpUri } from "./totp.ts";

export interface EnrollingOptions {
  readonly people: People;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly lockout: Lockout;
  readonly random: (count: number) => Uint8Array;
  readonly now: () => number;
  readonly note: (note: SignInNote) => void;
}

export interface Enrolled extends Begun {
  readonly recoveryCodes: readonly string[];
}

/** Guesses at invitations are counted under this name, which no user can have. */
const guesser = "*";

export class Enrolling {
  readonly #options: EnrollingOptions;

  constructor(options: EnrollingOptions) {
    this.#options = options;
  }

  async begin(caller: Caller, code: string, user: string, password: string) {
    const { people, passwords, sessions, now } = this.#options;
    this.#mayTry(caller);
    const admitted = people.admit(code, user, caller.loopback);
    if (admitted === undefined) throw this.#refused(caller, user);
    const weak = weakness(password, user);
    if (weak !== undefined) {
      throw new ApiError(422, "weak-password", weak, "Take four or five words that nobody says together.");
    }
    const totpSecret = newTotpSecret();
    const enrolment: Enrolment = { ...admitted, password: await passwords.hash(password), totpSecret };
    const begun = sessions.begin(now(), { user, stage: "enrol", enrolment, place: caller.place });
    const totp = { secret: totpSecret, uri: totpUri(user, caller.host, totpSecret) };
    return { ...begun, totp, passkey: hasName(caller) };
  }

  totp(caller: Caller, session: Session, code: string): Enrolled {
    const { totpSecret } = enrolmentOf(session);
    const step = checkTotp(this.#options.now(), totpSecret, code, 0);
    if (step === undefined) throw this.#wrong(session);
    return this.#finish(caller, session, { totp: { secret: totpSecret, usedStep: step }, passkeys: [] });
  }

  async passkeyOptions(caller: Caller, session: Session): Promise<PasskeyOptions> {
    enrolmentOf(session);
    const options = await newPasskeyOptions(caller, session.user);
    session.challenge = options.challenge;
    return options;
  }

  async passkey(caller: Caller, session: Session, response: unknown): Promise<Enrolled> {
    enrolmentOf(session);
    const { challenge } = session;
    session.challenge = undefined;
    const made = challenge === undefined ? undefined : await readNewPasskey(caller, challenge, response);
    if (made === undefined) throw this.#wrong(session);
    return this.#finish(caller, session, { totp: null, passkeys: [made] });
  }

  #finish(
    { place, address }: Caller,
    session: Session,
    factor: { readonly totp: { secret: string; usedStep: number } | null; readonly passkeys: Passkey[] },
  ): Enrolled {
    const { people, sessions, random, now, note } = this.#options;
    const { password, role, invitation } = enrolmentOf(session);
    const { codes, hashes } = newRecoveryCodes(random);
    const rest = { recovery: hashes, known: [place], lastSignIn: now() };
    people.enrol({ name: session.user, password, ...factor, ...rest }, role, invitation);
    const detail = factor.totp === null ? "passkey" : "totp";
    note({ by: session.user, act: "enrol", object: address, result: "done", detail });
    sessions.endSession(session);
    const begun = sessions.begin(now(), { user: session.user, stage: "signed-in", enrolment: undefined, place });
    return { ...begun, recoveryCodes: codes };
  }

  #mayTry({ place }: Caller): void {
    const { lockout, now } = this.#options;
    const wait = Math.ceil(lockout.wait(now(), guesser, place, true) / 1_000);
    if (wait > 0) throw new ApiError(429, "wait", "too many wrong attempts", `Wait ${wait} s.`, wait);
  }

  #refused({ place, address }: Caller, user: string): ApiError {
    const { lockout, now, note } = this.#options;
    lockout.failed(now(), guesser, place, true);
    note({ by: user, act: "enrol", object: address, result: "refused", detail: "code" });
    const remedy =
      "Get one at the machine: ./ringfence admin enrol, or admin add NAME. The first one holds there only.";
    return new ApiError(401, "invitation-refused", "this code does not hold here", remedy);
  }

  #wrong(session: Session): ApiError {
    session.tries++;
    if (session.tries >= 20) this.#options.sessions.endSession(session);
    return signInRefused();
  }
}

function enrolmentOf({ stage, enrolment }: Session): Enrolment {
  if (stage !== "enrol" || enrolment === undefined) throw notSignedIn();
  return enrolment;
}
