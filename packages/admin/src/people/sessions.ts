/** Who is signed in: in memory only, so that a restart ends every session. Ids are kept as hashes, and are new at each step of a sign-in. */
import { createHash } from "node:crypto";
import type { Role } from "../api/role.ts";

export const idleMs = 15 * 60_000;
export const absoluteMs = 12 * 3_600_000;
/** Half a sign-in is no reason to wait long. */
const underWayMs = 10 * 60_000;
const mostSessions = 200;
const mostOfUser = 10;
/** Wrong codes, then the password is asked again. */
export const mostTries = 5;

/** What a user who enrols has said so far. */
export interface Enrolment {
  readonly role: Role;
  readonly password: string;
  readonly totpSecret: string;
  /** Of the invitation; undefined: the first user. */
  readonly invitation: string | undefined;
}

export interface Session {
  readonly user: string;
  readonly stage: "second-factor" | "enrol" | "signed-in";
  readonly enrolment: Enrolment | undefined;
  readonly csrf: string;
  /** Of the browser: another place with the same cookie is a thief. */
  readonly place: string;
  readonly since: number;
  lastAt: number;
  tries: number;
  /** What a passkey is to sign. */
  challenge: string | undefined;
}

type New = Pick<Session, "user" | "stage" | "enrolment" | "place">;

export class Sessions {
  readonly #random: (count: number) => Uint8Array;
  readonly #onEnd: () => void;
  /** By the hash of the id, the oldest first. */
  readonly #sessions = new Map<string, Session>();

  /** @param onEnd called when one has ended: what lives with it ends too */
  constructor(random: (count: number) => Uint8Array, onEnd: () => void = () => undefined) {
    this.#random = random;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** A new id, known to nobody before. @returns what the cookie holds */
  begin(now: number, made: New): { readonly id: string; readonly session: Session } {
    this.expire(now);
    const ofUser = [...this.#sessions].filter(([, { user }]) => user === made.user);
    const oldest = ofUser.length >= mostOfUser ? ofUser[0] : [...this.#sessions][0];
    if (oldest !== undefined && (ofUser.length >= mostOfUser || this.#sessions.size >= mostSessions))
      this.#end(oldest[0]);
    const id = Buffer.from(this.#random(32)).toString("base64url");
    const csrf = Buffer.from(this.#random(32)).toString("base64url");
    const session = { ...made, csrf, since: now, lastAt: now, tries: 0, challenge: undefined };
    this.#sessions.set(hashOf(id), session);
    return { id, session };
  }

  /** Undefined: there is none, it was idle too long, its time is over, or it belongs to another place. */
  find(now: number, id: string, place: string): Session | undefined {
    const key = hashOf(id);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    if (isOver(now, session)) {
      this.#end(key);
      return undefined;
    }
    return session.place === place ? session : undefined;
  }

  end(id: string): void {
    this.#end(hashOf(id));
  }

  endSession(session: Session): void {
    for (const [key, one] of this.#sessions) if (one === session) this.#end(key);
  }

  endOfUser(user: string): void {
    for (const [key, session] of this.#sessions) if (session.user === user) this.#end(key);
  }

  endAll(): void {
    for (const key of [...this.#sessions.keys()]) this.#end(key);
  }

  expire(now: number): void {
    for (const [key, session] of this.#sessions) if (isOver(now, session)) this.#end(key);
  }

  holds(session: Session): boolean {
    return [...this.#sessions.values()].includes(session);
  }

  #end(key: string): void {
    if (this.#sessions.delete(key)) this.#onEnd();
  }
}

function isOver(now: number, { stage, since, lastAt }: Session): boolean {
  if (stage !== "signed-in") return now - since >= underWayMs;
  return now - lastAt >= idleMs || now - since >= absoluteMs;
}

function hashOf(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}
