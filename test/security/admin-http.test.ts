/** What the server says to whatever is no request of the table, and what it tells a browser. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdminWorld, type Browser } from "../support/admin-world.ts";

const world = new AdminWorld();
let boss: Browser;
beforeAll(async () => {
  boss = await world.enrolled("boss");
});
afterAll(() => world.close());

const form = { "content-type": "application/x-www-form-urlencoded" };
test.each([
  ["no such path", "/nothing", {}, 404, "not-found"],
  ["outside of the API", "//etc/passwd", {}, 404, "not-found"],
  ["up and out", "//api/v1/../../../etc/passwd", {}, 404, "not-found"],
  ["another method", "/bans", { method: "PUT" }, 405, "method-refused"],
  ["a body that is no JSON", "/bans", { method: "POST", body: "a=b", headers: form }, 415, "media-type"],
  ["a body that is too large", "/bans", { method: "POST", body: { source: "x".repeat(20_000) } }, 413, "too-large"],
  ["a member too many", "/bans", { method: "POST", body: { source: "x", forMs: 1_000, x: 1 } }, 400, "bad-request"],
  [
    "a name of an object's own",
    "/bans",
    { method: "POST", body: '{"__proto__":{"a":1}}', headers: { "content-type": "application/json" } },
    400,
    "bad-request",
  ],
  ["a number that is none", "/records/x", {}, 400, "bad-request"],
] as const)("%s: refused in the one shape", async (_what, path, more, status, code) => {
  const said = await world.ask(path, { as: boss, ...more });
  expect(said.status).toBe(status);
  expect(said.json).toEqual({ error: { code, message: expect.any(String), remedy: expect.any(String) } });
});

test("what was wrong is named, and what stood there is not repeated", async () => {
  const said = await world.ask("/bans", { method: "POST", body: { source: 7, forMs: "<script>planted" }, as: boss });
  expect(said.json.error?.message).toContain("forMs");
  expect(JSON.stringify(said.json)).not.toContain("planted");
});

test("every answer keeps scripts, frames, caches and other sites away, refusals too", async () => {
  for (const path of ["/session", "/overview", "/nothing", "//"]) {
    const { headers } = await world.ask(path, {});
    expect(headers).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'none'; script-src 'self'"),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(String(headers["content-security-policy"])).not.toContain("unsafe");
  }
});

test("the cookie is for this site and for no script", async () => {
  const { headers } = await world.ask("/session", {
    method: "POST",
    body: { user: "boss", password: "four plain words together" },
  });
  expect(headers["set-cookie"]).toMatch(/^ringfence=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
});

test("who asks too often waits", async () => {
  const statuses = [];
  for (let i = 0; i < 400; i++) statuses.push((await world.ask("/session", { from: "192.0.2.8" })).status);
  expect(statuses.slice(0, 300)).toEqual(Array(300).fill(200));
  expect(statuses.at(-1)).toBe(429);
  expect((await world.ask("/session", {})).status).toBe(200);
});
