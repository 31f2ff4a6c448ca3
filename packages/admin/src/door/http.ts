/** The HTTP server with every route of the table, and nothing else. */
import type { ServerOptions } from "node:https";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Route } from "../api/route.ts";
import { ApiError, problemOf } from "./problems.ts";

/** A request is a few words, from somebody near. */
const requestMs = 15_000;
const idleMs = 60_000;
const mostConnections = 128;
const smallBody = 16_384;

export interface HttpOptions {
  /** Undefined: without TLS. */
  readonly tls: ServerOptions | undefined;
  /** At the socket, before TLS. */
  readonly allows: (remote: string | undefined) => boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** A fault of ours: the message is for the log, and never for whoever asked. */
  readonly onBug: (error: unknown) => void;
}

export function createHttp({ tls, allows, headers, onBug }: HttpOptions): FastifyInstance {
  const common = {
    bodyLimit: smallBody,
    requestTimeout: requestMs,
    connectionTimeout: idleMs,
    keepAliveTimeout: idleMs,
    maxRequestsPerSocket: 1_000,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 128, ignoreTrailingSlash: false },
  } as const;
  const app = (tls === undefined ? Fastify(common) : Fastify({ ...common, https: tls })) as FastifyInstance;
  app.server.maxConnections = mostConnections;
  app.server.on("connection", (socket) => {
    if (!allows(socket.remoteAddress)) socket.destroy();
  });
  // Two content types are one more than is needed.
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(({ schema }) => (value) => {
    const read = (schema as unknown as z.ZodType).safeParse(value);
    return read.success ? { value: read.data } : { error: badRequest(read.error) };
  });
  app.setErrorHandler<FastifyError | ApiError>((error, _request, reply) => {
    const known = asApiError(error);
    if (known === undefined) onBug(error);
    refuse(reply, known ?? new ApiError(500, "bug", "this failed, and the log says why", "Look into the log."));
  });
  // Also for what is refused before any route is looked for.
  app.addHook("onSend", async (_request, reply) => {
    for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value);
  });
  return app;
}

function refuse(reply: FastifyReply, error: ApiError): FastifyReply {
  if (error.retryAfter !== undefined) reply.header("retry-after", error.retryAfter);
  return reply.code(error.status).send(problemOf(error));
}

/** @param known methods of the path; empty: nobody knows it */
export function notFound(request: FastifyRequest, reply: FastifyReply, known: readonly string[]): FastifyReply {
  if (known.length === 0) {
    return refuse(reply, new ApiError(404, "not-found", "there is nothing here", "GET /api/v1/openapi.json lists it."));
  }
  reply.header("allow", known.join(", "));
  const message = `${request.method} is not for this`;
  return refuse(reply, new ApiError(405, "method-refused", message, `Use ${known.join(" or ")}.`));
}

/** What is wrong with it, and where; never what stood there. */
function badRequest(error: z.ZodError): ApiError {
  const first = error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);
  return new ApiError(400, "bad-request", first.join("; "), "GET /api/v1/openapi.json says how it must be.");
}

function asApiError(error: FastifyError | ApiError): ApiError | undefined {
  if (error instanceof ApiError) return error;
  // Fastify wraps what the validator gave.
  if (error.validation !== undefined) return new ApiError(400, "bad-request", error.message, "See the interface.");
  const status = error.statusCode ?? 500;
  const remedy = "Send JSON: content-type: application/json.";
  if (status === 413) return new ApiError(413, "too-large", "the body is too large", "Send less.");
  if (status === 415) return new ApiError(415, "media-type", "the body is not JSON", remedy);
  return status < 500 ? new ApiError(status, "bad-request", "the request cannot be read", remedy) : undefined;
}

/** The parts of a route's schema, as fastify asks the validator for them. */
export function schemaOf({ params, query, body }: Route): Record<string, unknown> {
  return {
    ...(params !== undefined && { params }),
    ...(query !== undefined && { querystring: query }),
    ...(body !== undefined && { body }),
  };
}
