/** The description of the interface, made from the table that the server serves. */
import { z } from "zod";
import { problem, type Route } from "../api/route.ts";

const admissions: Readonly<Record<Route["role"], string>> = {
  anyone: "Before sign-in too.",
  session: "Whoever is signed in.",
  viewer: "Role viewer, operator or admin.",
  operator: "Role operator or admin.",
  admin: "Role admin.",
};

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1. */
export function openApi(routes: Readonly<Record<string, Route>>, version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = templateOf(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Ringfence",
      version,
      description: "What a person or a program may ask of a running Ringfence, and tell it. docs/api.md has examples.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problem, "output") },
      responses: {
        Refused: {
          description: "Not done; `error.code` says why, in a word.",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__Host-ringfence", description: "`ringfence` without TLS." },
        key: { type: "http", scheme: "bearer", description: "`rf_ID_SECRET`" },
      },
    },
    security: [{ session: [] }, { key: [] }],
  };
}

function operation(name: string, route: Route): Json {
  const { summary, role, params, query, body, answer, act } = route;
  return {
    operationId: name,
    summary,
    description: `${admissions[role]}${act === undefined ? "" : ` In the audit: ${act}.`}`,
    tags: [route.path.split("/")[1] ?? ""],
    ...(role === "anyone" && { security: [] }),
    parameters: [...parameters("path", params), ...parameters("query", query)],
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: jsonSchema(body, "input") } } },
    }),
    responses: {
      ...(answer === undefined && route.stream === undefined
        ? { 204: { description: "Done." } }
        : { 200: { description: "Done.", content: contentOf(route) } }),
      "4XX": { $ref: "#/components/responses/Refused" },
      "5XX": { $ref: "#/components/responses/Refused" },
    },
  };
}

function contentOf({ answer, stream }: Route): Json {
  if (answer !== undefined) return { "application/json": { schema: jsonSchema(answer, "output") } };
  return Object.fromEntries((stream ?? []).map((type) => [type, { schema: { type: "string" } }]));
}

function parameters(where: "path" | "query", schema: z.ZodObject | undefined): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    readonly properties?: Json;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, one]) => {
    const needed = where === "path" || (required.includes(name) && !isOptional(schema, name));
    return { name, in: where, required: needed, schema: one };
  });
}

/** A number is read from text, so that its input could be anything: whether it may be left out is asked of the schema itself. */
function isOptional(schema: z.ZodObject, name: string): boolean {
  const part: unknown = schema.shape[name];
  return part instanceof z.ZodType && part.safeParse(undefined).success;
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" });
  return rest;
}

/** `/calls/:id` is written `/calls/{id}` there. */
function templateOf(path: string): string {
  return path
    .split("/")
    .map((part) => (part.startsWith(":") ? `{${part.slice(1)}}` : part))
    .join("/");
}
