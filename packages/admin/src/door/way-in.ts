/** The routes of signing in and enrolling: what goes into the cookie, and what the browser is told. */

import type { Answered, Asked } from "../api/route.ts";
import type { RouteName, Routes } from "../api/routes.ts";
import type { SessionState } from "../api/session.ts";
import type { People } from "../people/people.ts";
import { absoluteMs, idleMs, type Session, type Sessions } from "../people/sessions.ts";
import type { UserBook } from "../people/user-book.ts";
import type { Caller } from "../sign-in/caller.ts";
import type { Enrolling } from "../sign-in/enrolment.ts";
import type { Begun, SignIn, SignInNote } from "../sign-in/sign-in.ts";
import { notSignedIn } from "./problems.ts";
import type { Visit } from "./visit.ts";

export interface WayInOptions {
  readonly book: UserBook;
  readonly people: People;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly enrolling: Enrolling;
  /** `admin.mask` for a viewer. */
  readonly mask: () => SessionState extends infer S ? (S extends { mask: infer M } ? M : never) : never;
  readonly note: (note: SignInNote) => void;
}

/** `cookie`: the new id; null: forget it; undefined: leave it. */
export interface Said<A> {
  readonly answer: A;
  readonly cookie?: string | null;
}

type Way<N extends RouteName> = (
  visit: Visit,
  asked: Asked<Routes[N]>,
) => Said<Answered<Routes[N]>> | Promise<Said<Answered<Routes[N]>>>;

export type WayIn = {
  readonly [N in
    | "session"
    | "signIn"
    | "signInTotp"
    | "signInPasskeyOptions"
    | "signInPasskey"
    | "signInRecovery"
    | "signOut"
    | "enrol"
    | "enrolTotp"
    | "enrolPasskeyOptions"
    | "enrolPasskey"]: Way<N>;
};

type SignedIn = Extract<SessionState, { stage: "signed-in" }>;

export function wayIn(options: WayInOptions): WayIn {
  const { book, people, sessions, signIn, enrolling } = options;
  const signedIn = (session: Session): SignedIn => {
    const user = book.user(session.user);
    if (user === undefined) throw notSignedIn();
    return {
      stage: "signed-in",
      user: user.name,
      role: user.role,
      csrf: session.csrf,
      idleUntil: session.lastAt + idleMs,
      until: session.since + absoluteMs,
      recoveryCodes: user.recovery.length,
      mask: user.role === "viewer" ? options.mask() : "off",
    };
  };
  const stateOf = (caller: Caller, session: Session | undefined): SessionState => {
    if (session === undefined) return { stage: "signed-out", canEnrol: people.isUnclaimed && caller.loopback };
    const { stage, user, csrf } = session;
    if (stage === "signed-in") return signedIn(session);
    return { stage, user, csrf, factors: stage === "enrol" ? ["totp", "passkey"] : factorsOf(book, user) };
  };
  /** A step forward is a new session: what was known of the old one is worth nothing. */
  const stepped = ({ id }: Visit, { id: next, session }: Begun): Said<SignedIn> => {
    if (id !== undefined) sessions.end(id);
    return { answer: signedIn(session), cookie: next };
  };
  return {
    session: ({ caller, session }) => ({ answer: stateOf(caller, session) }),
    async signIn(visit, { body }) {
      const { id, session } = await signIn.password(visit.caller, body.user, body.password);
      if (visit.id !== undefined) sessions.end(visit.id);
      const next = factorsOf(book, session.user).includes("totp") ? "totp" : "passkey";
      return { answer: { next, state: stateOf(visit.caller, session) }, cookie: id };
    },
    signInTotp: (visit, { body }) => stepped(visit, signIn.totp(visit.caller, begun(visit), body.code)),
    signInPasskeyOptions: async (visit) => ({
      answer: { options: await signIn.passkeyOptions(visit.caller, begun(visit)) },
    }),
    async signInPasskey(visit, { body }) {
      return stepped(visit, await signIn.passkey(visit.caller, begun(visit), body.credential));
    },
    signInRecovery: (visit, { body }) => stepped(visit, signIn.recovery(visit.caller, begun(visit), body.code)),
    signOut({ id, session, caller }) {
      if (id !== undefined) sessions.end(id);
      if (session?.stage === "signed-in") {
        options.note({ by: session.user, act: "sign-out", object: caller.address, result: "done", detail: "" });
      }
      return { answer: undefined, cookie: null };
    },
    async enrol(visit, { body }) {
      const { id, session, totp, passkey } = await enrolling.begin(visit.caller, body.code, body.user, body.password);
      if (visit.id !== undefined) sessions.end(visit.id);
      return { answer: { state: stateOf(visit.caller, session), totp, passkey }, cookie: id };
    },
    enrolTotp(visit, { body }) {
      const { id, session, recoveryCodes } = enrolling.totp(visit.caller, begun(visit), body.code);
      return { answer: { state: signedIn(session), recoveryCodes: [...recoveryCodes] }, cookie: id };
    },
    enrolPasskeyOptions: async (visit) => ({
      answer: { options: await enrolling.passkeyOptions(visit.caller, begun(visit)) },
    }),
    async enrolPasskey(visit, { body }) {
      const { id, session, recoveryCodes } = await enrolling.passkey(visit.caller, begun(visit), body.credential);
      return { answer: { state: signedIn(session), recoveryCodes: [...recoveryCodes] }, cookie: id };
    },
  };
}

function begun({ session }: Visit): Session {
  if (session === undefined) throw notSignedIn();
  return session;
}

function factorsOf(book: UserBook, name: string): ("totp" | "passkey" | "recovery")[] {
  const user = book.user(name);
  if (user === undefined) return [];
  return [
    ...(user.totp === null ? [] : (["totp"] as const)),
    ...(user.passkeys.length === 0 ? [] : (["passkey"] as const)),
    ...(user.recovery.length === 0 ? [] : (["recovery"] as const)),
  ];
}
