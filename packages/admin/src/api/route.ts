/** One entry of the route table: everything that the server, the OpenAPI document and the tests know of a route. */
import { z } from "zod";
import type { Role } from "./role.ts";

/** `anyone`: before sign-in, from an address of `admin.allow`. `session`: whoever is signed in, by whatever role. */
export type Admission = "anyone" | "session" | Role;

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Under /api/v1, with `:name` for what `params` reads. */
  readonly path: string;
  /** What it does, as a sentence without a subject. */
  readonly summary: string;
  readonly role: Admission;
  /**
   * What the audit calls it. Undefined: it shows what changes every second and names no person beyond what everybody who may ask sees,
   * or it is itself the way in, which has lines of its own.
   */
  readonly act?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** The status is 200, or 204 where this is undefined. */
  readonly answer?: z.ZodType;
  /** Instead of an answer: lines as they come, of one of these media types. */
  readonly stream?: readonly string[];
  /** Octets; without it 16 KiB. */
  readonly largestBody?: number;
}

type Read<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler is asked, read and checked. */
export interface Asked<R extends Route> {
  readonly params: Read<R["params"]>;
  readonly query: Read<R["query"]>;
  readonly body: Read<R["body"]>;
}

/** What a handler answers; members that the schema does not name never leave. */
export type Answered<R extends Route> = R["answer"] extends z.ZodType
  ? z.input<R["answer"]>
  : R["stream"] extends readonly string[]
    ? AsyncIterable<string>
    : undefined;

/** Milliseconds since 1970. */
export const moment = z.int().meta({ description: "Milliseconds since 1970." });

const longestList = 200;

/** A page of a list: begin without `after`, go on with the `next` of the page before. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(longestList).default(50),
  after: z.string().max(256).optional(),
};

/** `next` is null on the last page. */
export function page<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item).max(longestList), next: z.string().nullable() });
}

/** Nothing went in that is not in the schema. */
export const problem = z.object({
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }),
});
export type Problem = z.output<typeof problem>;
