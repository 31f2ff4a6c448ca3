/** What the server asks of the running Ringfence: one function a route, and the stream of what happens. */
import type { LiveEvents } from "../api/overview.ts";
import type { Role } from "../api/role.ts";
import type { Answered, Asked } from "../api/route.ts";
import type { RouteName, Routes } from "../api/routes.ts";

/** Whoever asks: a user, or a key, whose name begins with `key:`. */
export interface Who {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
}

/** Answered by the server itself. */
export type OwnRoute =
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
  | "enrolPasskey"
  | "events"
  | "openapi";

export type Handler<N extends RouteName> = (
  asked: Asked<Routes[N]>,
  who: Who,
) => Answered<Routes[N]> | Promise<Answered<Routes[N]>>;

/** What they throw with `status`, `code` and `remedy` (ApiError) is told as it is; anything else is a fault of ours. */
export type Handlers = { readonly [N in Exclude<RouteName, OwnRoute>]: Handler<N> };

export type Send = <E extends keyof LiveEvents>(event: E, data: LiveEvents[E]) => void;

/** Begins to send; what it returns ends that. */
export type Live = (who: Who, send: Send) => () => void;

/** An act of a person: told when it is over, whether it was done or refused. */
export interface Act {
  readonly by: string;
  readonly act: string;
  /** What was asked: for saying what it was about. */
  readonly asked: readonly unknown[];
}

/** Does the work, and writes the one line about it. @throws what the work throws */
export type Audited = <T>(act: Act, work: () => T | Promise<T>) => Promise<T>;
