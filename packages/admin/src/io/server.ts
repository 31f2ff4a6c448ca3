/** The admin server: people and programs come in here, over HTTP, and ask what the table of routes knows. */
import type { ServerOptions } from "node:https";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Route } from "../api/route.ts";
import { type RouteName, routes } from "../api/routes.ts";
import { type DoorSettings, plainAddress } from "../door/admission.ts";
import { writeCookie } from "../door/cookie.ts";
import type { Audited, Handlers, Live, Who } from "../door/handlers.ts";
import { securityHeaders } from "../door/headers.ts";
import { createHttp, notFound, schemaOf } from "../door/http.ts";
import { LiveStreams } from "../door/live-streams.ts";
import { openApi } from "../door/openapi.ts";
import { ApiError, notSignedIn } from "../door/problems.ts";
import { admit, needsToken, type Reception, receive, refuseWithoutToken, type Visit } from "../door/visit.ts";
import type { WayIn } from "../door/way-in.ts";
import type { ConsoleFiles } from "./console-files.ts";

export interface ServerParts extends Reception {
  readonly settings: () => DoorSettings;
  readonly wayIn: WayIn;
  readonly handlers: Handlers;
  readonly live: Live;
  readonly audited: Audited;
  readonly version: string;
  readonly files: ConsoleFiles;
  readonly tls: ServerOptions | undefined;
  readonly onBug: (error: unknown) => void;
}

export interface AdminServer {
  readonly app: FastifyInstance;
  readonly streams: LiveStreams;
}

const base = "/api/v1";
const begins: ReadonlySet<string> = new Set<RouteName>(["signIn", "enrol"]);

export function createServer(parts: ServerParts): AdminServer {
  const { settings, tls, files, version } = parts;
  const { secure } = settings();
  const headers = securityHeaders(secure);
  const allows = (remote: string | undefined): boolean => settings().allows(plainAddress(remote ?? ""));
  const app = createHttp({ tls, allows, headers, onBug: parts.onBug });
  const streams = new LiveStreams(parts.live);
  const visits = new WeakMap<FastifyRequest, Visit>();
  const described = openApi(routes, version);

  app.addHook("onRequest", async (request) => {
    const { method, headers: said, socket } = request.raw;
    visits.set(request, receive(parts, { method: method ?? "", remote: socket.remoteAddress, headers: said }));
  });
  const visitOf = (request: FastifyRequest): Visit => visits.get(request) ?? never();

  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    app.route({
      method: route.method,
      url: base + route.path,
      schema: schemaOf(route),
      ...(route.largestBody !== undefined && { bodyLimit: route.largestBody }),
      // Before the body is read.
      onRequest: async (request) => {
        const visit = visitOf(request);
        if (needsToken(route.method, begins.has(name))) refuseWithoutToken(visit, request.headers);
        // What has a line in the audit is refused behind it.
        if (route.act === undefined || visit.who === undefined) admit(visit, route.role);
      },
      handler: async (request, reply) => serve(name, route, request, reply),
    });
  }
  app.get("/*", async (request, reply) => {
    const file = files.get(pathOf(request.url));
    if (file !== undefined) {
      if (file.lasts) reply.header("cache-control", "private, max-age=31536000, immutable");
      return reply.type(file.type).send(file.octets);
    }
    if (files.size === 0 && pathOf(request.url) === "/") {
      return reply.code(503).type("text/plain; charset=utf-8").send("The console is not built. The API is there.\n");
    }
    return notFound(request, reply, []);
  });
  app.setNotFoundHandler((request, reply) => notFound(request, reply, methodsOf(pathOf(request.url))));

  async function serve(name: RouteName, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const visit = visitOf(request);
    const asked = { params: request.params, query: request.query, body: request.body } as never;
    const own = parts.wayIn[name as keyof WayIn] as WayIn[keyof WayIn] | undefined;
    if (own !== undefined) {
      const { answer, cookie } = await own(visit, asked);
      if (cookie !== undefined) reply.header("set-cookie", writeCookie(cookie ?? undefined, secure));
      return send(route, reply, answer);
    }
    const { who } = visit;
    if (who === undefined) throw notSignedIn();
    if (name === "openapi") return described;
    if (name === "events") return stream(visit, who, reply);
    const work = (): unknown => {
      admit(visit, route.role);
      return parts.handlers[name as keyof Handlers](asked, who);
    };
    const { act } = route;
    const whole = [request.params, request.query, request.body];
    const answer = act === undefined ? await work() : await parts.audited({ by: who.name, act, asked: whole }, work);
    return send(route, reply, answer);
  }

  function stream(visit: Visit, who: Who, reply: FastifyReply): FastifyReply {
    const { session, key } = visit;
    const isGood = (): boolean => {
      if (session !== undefined) return parts.sessions.holds(session);
      return key !== undefined && parts.keys.holds(parts.now(), key);
    };
    streams.open(reply.raw, headers, who, isGood);
    return reply.hijack();
  }

  return { app, streams };
}

/** Read through its schema: what that does not name stays here. */
function send(route: Route, reply: FastifyReply, answer: unknown): unknown {
  if (route.stream !== undefined) return lines(reply, answer as AsyncIterable<string>, route.stream);
  if (route.answer === undefined) return reply.code(204).send();
  const read = route.answer.safeParse(answer);
  if (!read.success)
    throw new Error(`an answer to ${route.method} ${route.path} is not as described: ${read.error.message}`);
  return reply.type("application/json; charset=utf-8").send(JSON.stringify(read.data));
}

/** The type is that of the handler's first line. */
async function lines(
  reply: FastifyReply,
  text: AsyncIterable<string>,
  types: readonly string[],
): Promise<FastifyReply> {
  const { Readable } = await import("node:stream");
  const type = reply.request.url.includes("format=jsonl") ? types[1] : types[0];
  return reply.type(`${type ?? "text/plain"}; charset=utf-8`).send(Readable.from(text));
}

function methodsOf(path: string): readonly string[] {
  const parts = path.split("/");
  const fits = (route: string): boolean => {
    const wanted = (base + route).split("/");
    return wanted.length === parts.length && wanted.every((part, i) => part.startsWith(":") || part === parts[i]);
  };
  return Object.values(routes)
    .filter(({ path: route }) => fits(route))
    .map(({ method }) => method);
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

function never(): never {
  throw new ApiError(500, "bug", "a request without a visit", "");
}
