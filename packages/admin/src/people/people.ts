/** Who may sign in: invited, reset and removed by an admin or at the machine. Both ask here. */
import type { Role } from "../api/role.ts";
import type { User as ShownUser } from "../api/users.ts";
import { ApiError } from "../door/problems.ts";
import { hashCode, isSameHash, newCode } from "./secret-code.ts";
import type { Sessions } from "./sessions.ts";
import { noUser, type UserBook } from "./user-book.ts";
import { isEnrolled, type User } from "./user-file.ts";

/** For the first user, who sits at the machine. */
const firstFor = 15 * 60_000;
/** For the others, whom the code reaches by another way. */
const invitedFor = 24 * 3_600_000;

export interface Invitation {
  readonly name: string;
  readonly code: string;
  readonly until: number;
}

export interface PeopleOptions {
  readonly book: UserBook;
  readonly sessions: Sessions;
  readonly now: () => number;
  readonly random: (count: number) => Uint8Array;
}

export class People {
  readonly #options: PeopleOptions;
  #first: { readonly hash: string; readonly until: number } | undefined;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  list(): readonly ShownUser[] {
    const now = this.#options.now();
    return this.#options.book.users.map(({ name, role, totp, passkeys, recovery, invitation, lastSignIn }) => ({
      name,
      role,
      totp: totp !== null,
      passkeys: passkeys.length,
      recoveryCodes: recovery.length,
      invitedUntil: invitation !== null && invitation.until > now ? invitation.until : null,
      lastSignIn,
    }));
  }

  /** The code for the first user, told at the machine only. @throws ApiError once somebody can sign in */
  openFirst(): Omit<Invitation, "name"> {
    const { book, now, random } = this.#options;
    if (book.isOpen) {
      const remedy = "Use ./ringfence admin add NAME, or admin reset NAME for one who lost their authenticator.";
      throw new ApiError(409, "already-open", "somebody can sign in already", remedy);
    }
    const code = newCode(random, 20);
    this.#first = { hash: hashCode(code), until: now() + firstFor };
    return { code, until: this.#first.until };
  }

  invite(name: string, role: Role): Invitation {
    const { book, now } = this.#options;
    if (book.user(name) !== undefined) {
      throw new ApiError(409, "user-exists", `there is a user ${name}`, "Choose another name, or reset that one.");
    }
    const nothing = { password: null, totp: null, passkeys: [], recovery: [], known: [], lastSignIn: null };
    return this.#invited({ name, role, since: now(), ...nothing, invitation: null });
  }

  /** @param from `machine`: also the last admin, or a lost telephone would lock everybody out */
  reset(name: string, from: "machine" | "api"): Invitation {
    const user = this.#options.book.user(name);
    if (user === undefined) throw noUser(name);
    if (from === "api") this.#options.book.mustNotBeLast(name);
    const invitation = this.#invited({ ...user, password: null, totp: null, passkeys: [], recovery: [] });
    this.#options.sessions.endOfUser(name);
    return invitation;
  }

  remove(name: string): void {
    this.#options.book.removeUser(name);
    this.#options.sessions.endOfUser(name);
  }

  /** Ends the sessions of everybody, or of one. @returns how many @throws ApiError where there is no such user */
  signOut(name?: string): number {
    const { book, sessions } = this.#options;
    if (name !== undefined && book.user(name) === undefined) throw noUser(name);
    const before = sessions.size;
    if (name === undefined) sessions.endAll();
    else sessions.endOfUser(name);
    return before - sessions.size;
  }

  /** What a code is good for; undefined: for nothing. @param loopback the browser is on the machine itself */
  admit(
    code: string,
    name: string,
    loopback: boolean,
  ): { readonly role: Role; readonly invitation: string | undefined } | undefined {
    const { book, now } = this.#options;
    const hash = hashCode(code);
    const first = this.#first;
    if (first !== undefined && loopback && !book.isOpen && now() < first.until && isSameHash(first.hash, hash)) {
      return { role: "admin", invitation: undefined };
    }
    const user = book.user(name);
    const invitation = user?.invitation;
    if (user === undefined || invitation == null || now() >= invitation.until) return undefined;
    return isSameHash(invitation.hash, hash) ? { role: user.role, invitation: hash } : undefined;
  }

  /** Enrolment is over. Whatever it began with must still hold: of two that enrol at one time the second is refused. */
  enrol(user: Omit<User, "role" | "since" | "invitation">, role: Role, invitation: string | undefined): void {
    const { book, now } = this.#options;
    const known = book.user(user.name);
    const good =
      invitation === undefined
        ? !book.isOpen && this.#first !== undefined && now() < this.#first.until
        : known?.invitation?.hash === invitation && now() < known.invitation.until;
    if (!good) throw new ApiError(409, "invitation-over", "the invitation does not hold any more", "Ask for another.");
    this.#first = undefined;
    book.putUser({ ...user, role, since: known?.since ?? now(), invitation: null });
  }

  /** Somebody on the machine may become the first user. */
  get isUnclaimed(): boolean {
    return !this.#options.book.isOpen;
  }

  #invited(user: User): Invitation {
    const { book, now, random } = this.#options;
    const code = newCode(random, 20);
    const until = now() + invitedFor;
    book.putUser({ ...user, invitation: { hash: hashCode(code), until } });
    return { name: user.name, code, until };
  }
}

/** Somebody who was invited and has not come yet cannot sign in. */
export function canSignIn(user: User | undefined): user is User {
  return user !== undefined && isEnrolled(user);
}
