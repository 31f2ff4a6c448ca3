import { afterEach, expect, test } from "vitest";
import { type HealthServer, type Readiness, startHealth } from "./health.ts";

let server: HealthServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(
  readiness: Readiness = { reasons: [], warnings: [] },
  problems: readonly string[] = [],
): Promise<string> {
  server = await startHealth(
    { address: "127.0.0.1", port: 0 },
    {
      metrics: async () => ({ type: "text/plain; version=0.0.4", body: "ringfence_calls 0\n" }),
      readiness: () => readiness,
      problems: () => problems,
    },
  );
  return `http://127.0.0.1:${server.port}`;
}

test("/metrics gives the metrics as Prometheus reads them", async () => {
  const response = await fetch(`${await start()}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4");
  expect(await response.text()).toBe("ringfence_calls 0\n");
});

test("/healthz answers while the process lives", async () => {
  expect((await fetch(`${await start({ reasons: ["still starting"], warnings: [] })}/healthz`)).status).toBe(200);
});

test("/readyz says why it is not ready", async () => {
  const response = await fetch(`${await start({ reasons: ["still starting"], warnings: [] })}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ ready: false, reasons: ["still starting"], warnings: [] });
});

test("a PBX that does not answer is a warning, not unreadiness", async () => {
  const response = await fetch(`${await start({ reasons: [], warnings: ["the PBX does not answer"] })}/readyz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ ready: true, warnings: ["the PBX does not answer"] });
});

test("/health is red for what does not hold, while calls are still taken", async () => {
  const base = await start({ reasons: [], warnings: [] }, ["bans do not hold in the kernel"]);
  const response = await fetch(`${base}/health`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ healthy: false, problems: ["bans do not hold in the kernel"] });
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
});

const others: readonly (readonly [string, string, number])[] = [
  ["GET", "/", 404],
  ["GET", "/metrics/", 404],
  ["GET", "/health", 200],
  ["GET", "/../etc/passwd", 404],
  ["GET", "/metrics?x=1", 200],
  ["HEAD", "/metrics", 200],
  ["POST", "/metrics", 405],
  ["DELETE", "/readyz", 405],
];

test.each(others)("%s %s is answered %i", async (method, path, status) => {
  expect((await fetch((await start()) + path, { method })).status).toBe(status);
});

test("no header tells what software answers", async () => {
  const response = await fetch(`${await start()}/healthz`);
  const names = [...response.headers.keys()];
  expect(names).not.toContain("server");
  expect(names).not.toContain("x-powered-by");
  expect(names).not.toContain("date");
});

test("a taken port is a clear error", async () => {
  await start();
  const port = server?.port ?? 0;
  const again = startHealth(
    { address: "127.0.0.1", port },
    {
      metrics: async () => ({ type: "", body: "" }),
      readiness: () => ({ reasons: [], warnings: [] }),
      problems: () => [],
    },
  );
  await expect(again).rejects.toMatchObject({
    code: "metrics-port",
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
});
