/** /metrics, /health, /healthz and /readyz over plain HTTP, for the local network only. Nothing here changes anything. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { RingfenceError } from "@ringfence/policy";

export interface Readiness {
  /** Why not; empty when ready. */
  readonly reasons: readonly string[];
  /** True things that do not make it unready, such as a PBX that does not answer. */
  readonly warnings: readonly string[];
}

export interface HealthSources {
  /** @param accept the header of whoever asks */
  readonly metrics: (accept: string | undefined) => Promise<{ readonly type: string; readonly body: string }>;
  readonly readiness: () => Readiness;
  /** What does not hold that the configuration promises, in whole sentences; calls may go on all the same. */
  readonly problems: () => readonly string[];
}

export interface HealthServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** @throws RingfenceError `metrics-port` */
export async function startHealth(
  listen: { readonly address: string; readonly port: number },
  sources: HealthSources,
): Promise<HealthServer> {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 8_192 },
    (request, response) => void serve(request, response, sources),
  );
  server.keepAliveTimeout = 5_000;
  server.maxConnections = 32;
  server.maxHeadersCount = 50;
  await bind(server, listen);
  const bound = server.address();
  return {
    address: listen.address,
    port: typeof bound === "object" && bound !== null ? bound.port : listen.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bind(server: Server, listen: { readonly address: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const what = taken ? "is taken by another program" : `cannot be used (${error.code ?? error.message})`;
      const remedy = taken
        ? "Stop it, or choose another port: metrics: { listen: 127.0.0.1:9061 }."
        : "Choose another.";
      reject(new RingfenceError("metrics-port", `metrics.listen: ${listen.address}:${listen.port} ${what}`, remedy));
    });
    server.listen(listen.port, listen.address, () => resolve());
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, sources: HealthSources): Promise<void> {
  // Nothing that is sent here is read.
  request.resume();
  const page = await answer(request, sources).catch(() => text(500, "internal error\n"));
  response.sendDate = false;
  response.writeHead(page.status, {
    "content-type": page.type,
    "content-length": Buffer.byteLength(page.body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(page.status === 405 ? { allow: "GET, HEAD" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : page.body);
}

async function answer(request: IncomingMessage, sources: HealthSources): Promise<Page> {
  if (request.method !== "GET" && request.method !== "HEAD") return text(405, "only GET and HEAD\n");
  switch (pathOf(request.url ?? "")) {
    case "/metrics":
      return { status: 200, ...(await sources.metrics(request.headers.accept)) };
    case "/healthz":
      return text(200, "alive\n");
    case "/health": {
      const problems = [...sources.problems(), ...sources.readiness().reasons];
      return json(problems.length === 0, { healthy: problems.length === 0, problems });
    }
    case "/readyz": {
      const { reasons, warnings } = sources.readiness();
      const ready = reasons.length === 0;
      return json(ready, { ready, reasons, warnings });
    }
    default:
      return text(404, "not found\n");
  }
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

function json(good: boolean, said: object): Page {
  return { status: good ? 200 : 503, type: "application/json", body: `${JSON.stringify(said)}\n` };
}

function text(status: number, body: string): Page {
  return { status, type: "text/plain; charset=utf-8", body };
}
