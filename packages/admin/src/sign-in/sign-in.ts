/** The steps of a sign-in. What a wrong name, password or code is told is one and the same, and costs the same work. */
import { ApiError, notSignedIn, signInRefused } from "../door/problems.ts";
import type { Lockout } from "../people/lockout.ts";
import type { Passwords } from "../people/password.ts";
import { canSignIn } from "../people/people.ts";
import { mostTries, type Session, type Sessions } from "../people/sessions.ts";
import type { UserBook } from "../people/user-book.ts";
import type { User } from "../people/user-file.ts";
import type { Caller } from "./caller.ts";
import { checkPasskey, type PasskeyOptions, passkeyQuestion, takeRecoveryCode } from "./second-factor.ts";
import { checkTotp } from "./totp.ts";

/** What the audit is told of a way in. */
export interface SignInNote {
  readonly by: string;
  readonly act: "sign-in" | "sign-out" | "enrol";
  readonly object: string;
  readonly result: "done" | "refused";
  readonly detail: string;
}

export interface SignInOptions {
  readonly book: UserBook;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly lockout: Lockout;
  readonly now: () => number;
  readonly note: (note: SignInNote) => void;
}

/** What goes into the cookie, and what it stands for. */
export interface Begun {
  readonly id: string;
  readonly session: Session;
}

/** Networks that a user is known at. */
const mostKnown = 8;

export class SignIn {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** @throws ApiError `sign-in-refused`, `wait` */
  async password(caller: Caller, name: string, password: string): Promise<Begun> {
    const { book, passwords, sessions, now } = this.#options;
    this.#mayTry(caller, name);
    const user = book.user(name);
    const right = await passwords.isRight(password, user?.password ?? undefined);
    if (!right || !canSignIn(user)) throw this.#refused(caller, name, "password");
    return sessions.begin(now(), { user: name, stage: "second-factor", enrolment: undefined, place: caller.place });
  }

  totp(caller: Caller, session: Session, code: string): Begun {
    const user = this.#half(caller, session);
    const { totp } = user;
    const step = totp === null ? undefined : checkTotp(this.#options.now(), totp.secret, code, totp.usedStep);
    if (totp === null || step === undefined) throw this.#wrong(caller, session, "totp");
    return this.#finish(caller, { ...user, totp: { ...totp, usedStep: step } }, "password and totp");
  }

  async passkeyOptions(caller: Caller, session: Session): Promise<PasskeyOptions> {
    const options = await passkeyQuestion(caller, this.#half(caller, session));
    session.challenge = options.challenge;
    return options;
  }

  async passkey(caller: Caller, session: Session, response: unknown): Promise<Begun> {
    const { challenge } = session;
    const before = this.#half(caller, session);
    session.challenge = undefined;
    const used = challenge === undefined ? undefined : await checkPasskey(caller, before, challenge, response);
    if (used === undefined) throw this.#wrong(caller, session, "passkey");
    // Read again: while it was checked the user may have been reset.
    const user = this.#half(caller, session);
    const passkeys = user.passkeys.map((one) => (one.id === used.id ? used : one));
    return this.#finish(caller, { ...user, passkeys }, "password and passkey");
  }

  recovery(caller: Caller, session: Session, code: string): Begun {
    const user = this.#half(caller, session);
    const left = takeRecoveryCode(user, code);
    if (left === undefined) throw this.#wrong(caller, session, "recovery");
    return this.#finish(caller, { ...user, recovery: [...left] }, `password and recovery code, ${left.length} left`);
  }

  /** The user of a sign-in that is half done. */
  #half(caller: Caller, session: Session): User {
    if (session.stage !== "second-factor") throw notSignedIn();
    this.#mayTry(caller, session.user);
    const user = this.#options.book.user(session.user);
    if (!canSignIn(user)) throw notSignedIn();
    return user;
  }

  #finish({ place, address }: Caller, user: User, how: string): Begun {
    const { book, sessions, lockout, now, note } = this.#options;
    const known = [place, ...user.known.filter((other) => other !== place)].slice(0, mostKnown);
    book.putUser({ ...user, known, lastSignIn: now() });
    lockout.passed(user.name, place);
    note({ by: user.name, act: "sign-in", object: address, result: "done", detail: how });
    return sessions.begin(now(), { user: user.name, stage: "signed-in", enrolment: undefined, place });
  }

  #mayTry(caller: Caller, name: string): void {
    const { lockout, now } = this.#options;
    const wait = lockout.wait(now(), name, caller.place, this.#isKnown(caller, name));
    if (wait === 0) return;
    const seconds = Math.ceil(wait / 1_000);
    throw new ApiError(429, "wait", "too many wrong attempts", `Wait ${seconds} s.`, seconds);
  }

  #refused(caller: Caller, name: string, what: string): ApiError {
    const { lockout, now, note } = this.#options;
    lockout.failed(now(), name, caller.place, this.#isKnown(caller, name));
    note({ by: name, act: "sign-in", object: caller.address, result: "refused", detail: what });
    return signInRefused();
  }

  #wrong(caller: Caller, session: Session, what: string): ApiError {
    session.tries++;
    if (session.tries >= mostTries) this.#options.sessions.endSession(session);
    return this.#refused(caller, session.user, what);
  }

  #isKnown({ place, loopback }: Caller, name: string): boolean {
    return loopback || this.#options.book.user(name)?.known.includes(place) === true;
  }
}
