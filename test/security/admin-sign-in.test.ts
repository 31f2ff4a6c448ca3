/** The way in: what a stranger learns, what a thief can use again, and who can be kept out. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { AdminWorld, type Browser, password, reached } from "../support/admin-world.ts";
import { totp } from "../support/totp.ts";

let world: AdminWorld;
let boss: Browser;

beforeEach(async () => {
  world = new AdminWorld();
  boss = await world.enrolled("boss");
  world.now += 60_000;
});
afterEach(() => world.close());

const say = (user: string, text: string, from = "127.0.0.1") =>
  world.ask("/session", { method: "POST", body: { user, password: text }, from });

async function half(from = "127.0.0.1"): Promise<Browser> {
  const said = await say("boss", password, from);
  expect(said).toMatchObject({ status: 200, json: { next: "totp", state: { stage: "second-factor" } } });
  return world.browser(said);
}

const code = (as: Browser, digits: string, from = "127.0.0.1") =>
  world.ask("/session/totp", { method: "POST", body: { code: digits }, as, from });

test("a name that nobody has and a wrong password are one answer, after the same work", async () => {
  await world.admin.people.invite("invited", "viewer");
  const told: unknown[] = [];
  for (const [user, text] of [
    ["boss", "wrong"],
    ["nobody", "wrong"],
    ["nobody", password],
    ["invited", "wrong"],
    ["BOSS'; --", "wrong"],
  ] as const) {
    world.derived = 0;
    const { status, headers, json } = await say(user, text);
    expect(world.derived).toBe(1);
    told.push({ status, json, headers: { ...headers, date: "" } });
  }
  expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(told[0]).toMatchObject({ status: 401, json: { error: { code: "sign-in-refused" } } });
});

test("a password alone opens nothing", async () => {
  const as = await half();
  for (const path of ["/overview", "/calls", "/users", "/openapi.json", "/events"]) {
    expect((await world.ask(path, { as })).status).toBe(401);
  }
});

test("a code of the authenticator holds once, and no older one holds after it", async () => {
  const before = totp(boss.totpSecret, world.now - 30_000);
  const now = totp(boss.totpSecret, world.now);
  expect((await code(await half(), now)).status).toBe(200);
  expect((await code(await half(), now)).json.error?.code).toBe("sign-in-refused");
  expect((await code(await half(), before)).json.error?.code).toBe("sign-in-refused");
  world.now += 30_000;
  expect((await code(await half(), now)).status).toBe(401);
  world.now += 2_000;
  expect((await code(await half(), totp(boss.totpSecret, world.now))).status).toBe(200);
});

test("each step has a session of its own: the id that was known before is worth nothing", async () => {
  const as = await half();
  const full = world.browser(await code(as, totp(boss.totpSecret, world.now)));
  expect(full.cookie).not.toBe(as.cookie);
  expect((await world.ask("/overview", { as })).status).toBe(401);
  expect((await world.ask("/overview", { as: full })).status).toBe(reached);
  expect((await world.ask("/session", { method: "DELETE", as: full })).status).toBe(204);
  expect((await world.ask("/overview", { as: full })).status).toBe(401);
});

test("five wrong codes, and the password is asked again", async () => {
  const as = await half();
  for (let i = 0; i < 5; i++) {
    expect((await code(as, "000000")).json.error?.code).toBe("sign-in-refused");
    world.now += 31_000;
  }
  expect((await code(as, totp(boss.totpSecret, world.now))).json.error?.code).toBe("not-signed-in");
});

test("a recovery code holds once", async () => {
  const [first = ""] = boss.recoveryCodes;
  const recover = async (text: string) =>
    world.ask("/session/recovery", { method: "POST", body: { code: text }, as: await half() });
  expect((await recover(first.toLowerCase().replaceAll("-", " "))).json).toMatchObject({
    stage: "signed-in",
    recoveryCodes: 9,
  });
  expect((await recover(first)).status).toBe(401);
  expect(world.file).not.toContain(first);
});

test("who guesses waits longer each time, and nobody else waits for it", async () => {
  world.now += 3_600_000;
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    const said = await say("boss", "wrong", "192.0.2.7");
    const wait = Number(said.headers["retry-after"] ?? 0);
    waits.push(wait);
    world.now += wait * 1_000;
    if (said.status === 429) i--;
  }
  expect(waits.filter((wait) => wait > 0)).toEqual([1, 2, 4, 8, 16, 32]);
  // A locked place is not even asked for work.
  world.derived = 0;
  expect((await say("boss", password, "192.0.2.7")).status).toBe(429);
  expect(world.derived).toBe(0);
  // The machine itself, and another place, go on.
  expect((await say("boss", password)).status).toBe(200);
  expect((await say("boss", password, "192.0.2.8")).status).toBe(200);
});

test("a name that many places guess is closed to places it never signed in from, and open where it did", async () => {
  const many = Array.from({ length: 30 }, (_, i) => `198.51.100.${i}`);
  const crowded = new AdminWorld(["127.0.0.1", "192.0.2.7", "192.0.2.8", ...many]);
  await crowded.enrolled("boss");
  await crowded.enrolled("home", "viewer", "192.0.2.7");
  const ask = (user: string, text: string, from: string) =>
    crowded.ask("/session", { method: "POST", body: { user, password: text }, from });
  for (const from of many) await ask("home", "wrong", from);
  expect((await ask("home", password, "192.0.2.8")).status).toBe(429);
  expect((await ask("home", password, "192.0.2.7")).status).toBe(200);
  expect((await ask("home", password, "127.0.0.1")).status).toBe(200);
  expect((await ask("boss", password, "192.0.2.8")).status).toBe(200);
  await crowded.close();
});

test("enrolling as the first: at the machine, with its code, once, and never again", async () => {
  const fresh = new AdminWorld();
  const enrol = (from: string, text: string, user = "first") =>
    fresh.ask("/enrol", { method: "POST", body: { code: text, user, password }, from });
  expect((await fresh.ask("/session")).json).toEqual({ stage: "signed-out", canEnrol: true });
  expect((await fresh.ask("/session", { from: "192.0.2.7" })).json).toEqual({ stage: "signed-out", canEnrol: false });
  expect((await enrol("127.0.0.1", "0000-0000")).json.error?.code).toBe("invitation-refused");
  const { code: good } = fresh.admin.people.openFirst();
  expect((await enrol("192.0.2.7", good)).json.error?.code).toBe("invitation-refused");
  const [one, two] = [await enrol("127.0.0.1", good), await enrol("127.0.0.1", good, "second")];
  const finish = (begun: typeof one) =>
    fresh.ask("/enrol/totp", {
      method: "POST",
      body: { code: totp(begun.json.totp?.secret ?? "", fresh.now) },
      as: fresh.browser(begun),
    });
  expect((await finish(one)).json.recoveryCodes).toHaveLength(10);
  expect((await finish(two)).json.error?.code).toBe("invitation-over");
  expect((await fresh.ask("/session")).json.canEnrol).toBe(false);
  expect(() => fresh.admin.people.openFirst()).toThrow("somebody can sign in already");
  expect(fresh.admin.people.list().map(({ name }) => name)).toEqual(["first"]);
  await fresh.close();
});

test("an invitation holds for its name, for a day, and once; a weak password is refused", async () => {
  const { code: invitation } = world.admin.people.invite("second", "viewer");
  const enrol = (user: string, text: string) =>
    world.ask("/enrol", { method: "POST", body: { code: invitation, user, password: text } });
  expect((await enrol("other", password)).status).toBe(401);
  expect((await enrol("second", "second second")).json.error?.code).toBe("weak-password");
  expect((await enrol("second", "aaaaaaaaaaaaaa")).json.error?.code).toBe("weak-password");
  const begun = await enrol("second", password);
  const body = { code: totp(begun.json.totp?.secret ?? "", world.now) };
  expect((await world.ask("/enrol/totp", { method: "POST", body, as: world.browser(begun) })).status).toBe(200);
  expect((await enrol("second", password)).status).toBe(401);
  const late = world.admin.people.invite("late", "viewer");
  world.now += 86_400_000;
  const said = await world.ask("/enrol", { method: "POST", body: { code: late.code, user: "late", password } });
  expect(said.status).toBe(401);
});

test("the last admin can neither be removed nor be reset from afar, and can at the machine", () => {
  const { people } = world.admin;
  expect(() => people.remove("boss")).toThrow("last admin");
  expect(() => people.reset("boss", "api")).toThrow("last admin");
  expect(people.reset("boss", "machine").code).toHaveLength(24);
});

test("who is reset or removed is out at once", async () => {
  const second = await world.enrolled("second", "operator");
  expect((await world.ask("/overview", { as: second })).status).toBe(reached);
  world.admin.people.reset("second", "api");
  expect((await world.ask("/overview", { as: second })).status).toBe(401);
  expect((await say("second", password)).status).toBe(401);
});

test("the file of users holds no password, no session, no key and no code; one that is damaged opens nothing", () => {
  const { secret } = world.admin.keys.add(world.now, "boss", { name: "k", role: "viewer", forMs: 1e6, addresses: [] });
  const file = world.file ?? "";
  for (const planted of [
    password,
    boss.cookie.split("=")[1] ?? "",
    secret.split("_")[2] ?? "",
    ...boss.recoveryCodes,
  ]) {
    expect(planted).not.toBe("");
    expect(file).not.toContain(planted);
  }
  expect(() => new AdminWorld([], file.slice(0, -10))).toThrow();
});

test("a key holds from its addresses only", async () => {
  const made = { name: "k", role: "viewer", forMs: 1e6, addresses: ["192.0.2.7"] } as const;
  const headers = { authorization: `Bearer ${world.admin.keys.add(world.now, "boss", made).secret}` };
  expect((await world.ask("/overview", { headers, from: "192.0.2.7" })).status).toBe(reached);
  expect((await world.ask("/overview", { headers, from: "192.0.2.8" })).status).toBe(401);
});

test("each sign-in, refused too, and each sign-out has a line in the audit", async () => {
  world.notes.length = 0;
  await say("boss", "wrong");
  const as = world.browser(await code(await half(), totp(boss.totpSecret, world.now)));
  await world.ask("/session", { method: "DELETE", as });
  expect(world.notes.map(({ act, result }) => `${act} ${result}`)).toEqual([
    "sign-in refused",
    "sign-in done",
    "sign-out done",
  ]);
});
