/** What may be asked of the API and what it answers, as types alone: taken from its own table of routes, of which nothing is built in. */
import type { z } from "zod";
import type { RouteName, Routes } from "../../../src/api/routes.ts";

export type Verb = "GET" | "POST" | "PUT" | "DELETE";

type AnyRoute = Routes[RouteName];
export type PathOf<V extends Verb> = Extract<AnyRoute, { readonly method: V }>["path"];
type RouteAt<V extends Verb, P> = Extract<AnyRoute, { readonly method: V; readonly path: P }>;

type Values<S> = S extends z.ZodType ? z.output<S> : never;
type Written<S> = { readonly [K in keyof Values<S>]-?: string | number };
type Query<S> = { readonly [K in keyof Values<S>]?: string | number | undefined };

export type Asked<V extends Verb, P> = (RouteAt<V, P> extends { readonly params: infer S }
  ? { readonly params: Written<S> }
  : object) &
  (RouteAt<V, P> extends { readonly query: infer S } ? { readonly query?: Query<S> } : object) &
  (RouteAt<V, P> extends { readonly body: infer S extends z.ZodType } ? { readonly body: z.input<S> } : object);

export type AnswerTo<V extends Verb, P> =
  RouteAt<V, P> extends { readonly answer: infer S extends z.ZodType } ? z.output<S> : undefined;

/** Lists that come in pages. */
export type PagedPath = {
  [P in PathOf<"GET">]: AnswerTo<"GET", P> extends { readonly items: readonly unknown[]; readonly next: string | null }
    ? P
    : never;
}[PathOf<"GET">];
export type ItemOf<P extends PagedPath> =
  AnswerTo<"GET", P> extends { readonly items: readonly (infer T)[] } ? T : never;

interface Parts {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
}

const prefix = "/api/v1";

/** The path with its values in it; values of the query that are empty are left out. */
export function addressOf(path: string, asked: object): string {
  const { params = {}, query = {} } = asked as Parts;
  const steps = path
    .split("/")
    .map((step) => (step.startsWith(":") ? encodeURIComponent(params[step.slice(1)] ?? "") : step));
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") wanted.set(name, String(value));
  }
  return `${prefix}${steps.join("/")}${wanted.size === 0 ? "" : `?${wanted}`}`;
}
