/** Every route of the API, for everybody who could ask: a route that is added without an entry here fails, and does not compile. */
import { type Role, type Route, type RouteName, roles, routes } from "@ringfence/admin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdminWorld, type Ask, type Browser, reached } from "../support/admin-world.ts";

const none = {};
const code = { code: "123456" };
const credential = { credential: { id: "a", rawId: "a", type: "public-key" } };
/** A request that the schema of each route takes. */
const requests: Readonly<Record<RouteName, { readonly path?: string; readonly body?: object }>> = {
  session: none,
  signIn: { body: { user: "nobody", password: "x" } },
  signInTotp: { body: code },
  signInPasskeyOptions: none,
  signInPasskey: { body: credential },
  signInRecovery: { body: code },
  signOut: none,
  enrol: { body: { code: "x", user: "nobody", password: "0123456789ab" } },
  enrolTotp: { body: code },
  enrolPasskeyOptions: none,
  enrolPasskey: { body: credential },
  overview: none,
  history: { path: "/history?series=calls" },
  events: none,
  health: none,
  openapi: none,
  calls: { path: "/calls?limit=5" },
  call: { path: "/calls/c1" },
  ladder: { path: "/calls/c1/ladder" },
  quality: { path: "/calls/c1/quality" },
  registrations: none,
  trunks: none,
  pbx: none,
  bans: none,
  ban: { body: { source: "192.0.2.1", forMs: 60_000 } },
  unban: { path: "/bans/192.0.2.1" },
  decisions: none,
  decision: { path: "/decisions/abc" },
  explain: { body: { to: "600" } },
  shadow: none,
  accounts: none,
  suspend: { path: "/accounts/1001/suspend", body: {} },
  resume: { path: "/accounts/1001/resume" },
  config: none,
  configSchema: none,
  configCheck: { body: { text: "pbx:" } },
  configDiff: { body: { text: "pbx:" } },
  configWrite: { body: { text: "pbx:", digest: "ab" } },
  configReload: { body: {} },
  configConfirm: none,
  configRollback: { body: {} },
  configHistory: none,
  configGeneration: { path: "/config/history/1" },
  records: { path: "/records?from=0" },
  recordsExport: { path: "/records/export?format=csv" },
  record: { path: "/records/1" },
  privacyShow: { body: { who: "+49301234" } },
  privacyErase: { body: { who: "+49301234" } },
  alerts: none,
  acknowledge: { path: "/alerts/1/acknowledge" },
  alertTest: none,
  auditLog: none,
  auditLogVerify: none,
  drain: none,
  hardening: none,
  hardeningRun: none,
  users: none,
  userAdd: { body: { name: "new", role: "viewer" } },
  userRemove: { path: "/users/somebody" },
  userReset: { path: "/users/somebody/reset" },
  keys: none,
  keyAdd: { body: { name: "a", role: "viewer", forMs: 60_000 } },
  keyRemove: { path: "/keys/k1" },
};

const world = new AdminWorld();
const browsers = new Map<Role, Browser>();
const keys = new Map<Role, { readonly secret: string; readonly id: string }>();
let revoked = "";
let expired = "";

beforeAll(async () => {
  for (const role of [...roles].reverse()) {
    browsers.set(role, await world.enrolled(`a-${role}`, role));
    const { key, secret } = world.admin.keys.add(world.now, "test", { name: role, role, forMs: 1e9, addresses: [] });
    keys.set(role, { secret, id: key.id });
  }
  const gone = world.admin.keys.add(world.now, "test", { name: "gone", role: "admin", forMs: 1e9, addresses: [] });
  world.admin.keys.remove(gone.key.id);
  revoked = gone.secret;
  expired = world.admin.keys.add(world.now - 2e5, "test", {
    name: "old",
    role: "admin",
    forMs: 1e5,
    addresses: [],
  }).secret;
});
afterAll(() => world.close());

const table = (Object.entries(routes) as [RouteName, Route][]).map(([name, route]) => ({ name, ...route }));
type Entry = (typeof table)[number];
const guarded = table.filter(({ role }) => role !== "anyone");

function ask(
  { name, method, path }: Entry,
  more: Ask,
): Promise<{ readonly status: number; readonly json: { error?: { code: string } } }> {
  const request = requests[name];
  return world.ask(request.path ?? path, { method, body: request.body, ...more });
}

/** Answered by the server itself once somebody is let in. */
const letIn = ({ name }: Entry): number => (name === "openapi" || name === "events" ? 200 : reached);

function mayAsk({ role }: Entry, who: Role): boolean {
  return role === "session" || role === "anyone" || roles.indexOf(who) >= roles.indexOf(role);
}

test("every route has a request here, and no request is left over", () => {
  expect(Object.keys(requests)).toEqual(Object.keys(routes));
});

describe.each(guarded)("$method $path", (entry) => {
  test("without a session and without a key: 401", async () => {
    expect(await ask(entry, {})).toMatchObject({ status: 401, json: { error: { code: "not-signed-in" } } });
  });

  test.each(roles)("signed in as %s, and with a key of that role", async (role) => {
    const expected = mayAsk(entry, role) ? letIn(entry) : 403;
    world.now += 1_000;
    expect((await ask(entry, { as: browsers.get(role) })).status).toBe(expected);
    const authorization = `Bearer ${keys.get(role)?.secret}`;
    expect((await ask(entry, { headers: { authorization } })).status).toBe(expected);
  });

  test("from another site, under another name, or from an address that is not on the list: refused", async () => {
    world.now += 1_000;
    const as = browsers.get("admin");
    const refusals = [
      [{ headers: { origin: "https://evil.example" } }, "foreign-origin"],
      [{ headers: { origin: "null" } }, "foreign-origin"],
      [{ headers: { "sec-fetch-site": "cross-site" } }, "foreign-origin"],
      [{ headers: { "sec-fetch-site": "same-site" } }, "foreign-origin"],
      [{ headers: { host: "evil.example:9061" } }, "wrong-host"],
      [{ from: "198.51.100.1" }, "address-refused"],
    ] as const;
    for (const [more, refusal] of refusals) {
      expect((await ask(entry, { as, ...more })).json.error?.code, refusal).toBe(refusal);
    }
  });

  test("a session of another place, a key that was taken back, is over or wrong: 401", async () => {
    world.now += 1_000;
    expect((await ask(entry, { as: browsers.get("admin"), from: "192.0.2.7" })).status).toBe(401);
    const good = keys.get("admin")?.secret ?? "";
    for (const secret of [revoked, expired, `${good.slice(0, -1)}!`, "rf_", "x"]) {
      const headers = { authorization: `Bearer ${secret}` };
      // A good session beside it does not help: whoever sends a key means the key.
      expect((await ask(entry, { as: browsers.get("admin"), headers })).status).toBe(401);
    }
  });

  test("what acts is refused without the token of the session", async () => {
    if (entry.method === "GET") return;
    world.now += 1_000;
    for (const token of [undefined, "", "0".repeat(43), browsers.get("viewer")?.csrf]) {
      const said = await ask(entry, { as: browsers.get("admin"), headers: { "x-csrf-token": token } });
      expect(said).toMatchObject({ status: 403, json: { error: { code: "csrf" } } });
    }
  });

  test("its act has one line in the audit, whoever was refused too", async () => {
    world.now += 1_000;
    world.acts.length = 0;
    await ask(entry, { as: browsers.get("viewer") });
    await ask(entry, { as: browsers.get("admin") });
    const expected =
      entry.act === undefined
        ? []
        : [
            ["a-viewer", entry.act],
            ["a-admin", entry.act],
          ];
    expect(world.acts.map(({ by, act }) => [by, act])).toEqual(expected);
  });
});

test.each(table.filter(({ role }) => role === "anyone"))(
  "$method $path: before sign-in, and for us alone",
  async (entry) => {
    world.now += 10_000;
    expect((await ask(entry, { headers: { origin: "https://evil.example" } })).status).toBe(403);
    expect((await ask(entry, { headers: { host: "evil.example" } })).status).toBe(421);
    expect((await ask(entry, { from: "198.51.100.1" })).status).toBe(403);
    if (entry.method === "GET" || entry.name === "signIn" || entry.name === "enrol") return;
    const said = await ask(entry, { as: browsers.get("operator"), headers: { "x-csrf-token": "wrong" } });
    expect(said).toMatchObject({ status: 403, json: { error: { code: "csrf" } } });
  },
);

test("what changes something, or shows what only some may see, has a name in the audit", () => {
  const silent = guarded.filter(({ method, act }) => method !== "GET" && act === undefined);
  expect(silent).toEqual([]);
});

test("an idle session is over after a quarter of an hour, and no session lasts longer than twelve hours", async () => {
  const idle = await world.enrolled("idle", "admin");
  world.now += 15 * 60_000;
  expect((await world.ask("/overview", { as: idle })).status).toBe(401);
  const busy = await world.enrolled("busy", "admin");
  for (let minutes = 0; minutes < 12 * 60; minutes += 10) {
    expect((await world.ask("/overview", { as: busy })).status).toBe(reached);
    world.now += 10 * 60_000;
  }
  expect((await world.ask("/overview", { as: busy })).status).toBe(401);
});

test("what a page asks by itself keeps nobody signed in", async () => {
  const left = await world.enrolled("left", "admin");
  for (let i = 0; i < 2; i++) {
    world.now += 7 * 60_000;
    expect((await world.ask("/overview", { as: left, headers: { "x-background": "1" } })).status).toBe(reached);
  }
  world.now += 2 * 60_000;
  expect((await world.ask("/overview", { as: left })).status).toBe(401);
});
