/** A passkey as the second factor: of this site and this question only, and each answer once. */
import { expect, test } from "vitest";
import { AdminWorld, type Browser, password } from "../support/admin-world.ts";
import { softPasskey } from "../support/soft-passkey.ts";

const site = { origin: "http://localhost:9061", host: "localhost" };

test("a user with a passkey enrols and signs in; another site's answer, an old one and a stranger's do not open", async () => {
  const world = new AdminWorld();
  const post = (path: string, body: object | undefined, as?: Browser) => world.ask(path, { method: "POST", body, as });
  const passkey = softPasskey();
  const begun = await post("/enrol", { code: world.admin.people.openFirst().code, user: "boss", password });
  expect(begun.json.passkey).toBe(true);
  const half = world.browser(begun);
  const wanted = await post("/enrol/passkey/options", undefined, half);
  const made = passkey.made(site, wanted.json.options?.challenge ?? "");
  const enrolled = await post("/enrol/passkey", { credential: made }, half);
  expect(enrolled).toMatchObject({ status: 200, json: { state: { user: "boss", role: "admin" } } });

  const signIn = async () => {
    const said = await post("/session", { user: "boss", password });
    expect(said.json.next).toBe("passkey");
    const as = world.browser(said);
    const { json } = await post("/session/passkey/options", undefined, as);
    return { as, challenge: json.options?.challenge ?? "" };
  };
  const refused = { status: 401, json: { error: { code: "sign-in-refused" } } };

  const elsewhere = await signIn();
  const stolen = passkey.signed({ origin: "https://evil.example", host: "localhost" }, elsewhere.challenge);
  expect(await post("/session/passkey", { credential: stolen }, elsewhere.as)).toMatchObject(refused);

  const first = await signIn();
  const answer = passkey.signed(site, first.challenge);
  expect(await post("/session/passkey", { credential: answer }, first.as)).toMatchObject({ status: 200 });

  const second = await signIn();
  expect(await post("/session/passkey", { credential: answer }, second.as)).toMatchObject(refused);
  world.now += 60_000;
  const third = await signIn();
  const stranger = { ...softPasskey().signed(site, third.challenge), id: made.id, rawId: made.rawId };
  expect(await post("/session/passkey", { credential: stranger }, third.as)).toMatchObject(refused);
  await world.close();
});
