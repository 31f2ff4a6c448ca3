/** What browsers do besides calling: several tabs, wrong pages, wrong passwords, lost connections. Ringfence asks for the password. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { BrowserPhone } from "./laboratory/browser-phone.ts";
import { edgeAuthentication } from "./laboratory/browser-site.ts";
import { BrowserTable } from "./laboratory/browser-table.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { passwords } from "./laboratory/pbx.ts";

const scenario = laboratoryTest("chromium-headless-shell");
let table: BrowserTable;
let one: BrowserPhone;
let two: BrowserPhone;

beforeAll(async () => {
  if (!scenario.available) return;
  const phones = `${edgeAuthentication}\n  methods: { message: true }`;
  table = await BrowserTable.open("browser-connection", phones, { inviteAuth: "initial" });
}, 120_000);
beforeEach(() => table?.forget());
afterAll(() => table?.close());

scenario("two tabs register with Ringfence, which proves their passwords to the PBX and tells neither", async () => {
  [one, two] = await Promise.all([
    table.registered("jssip", { library: "jssip", user: "1001" }),
    table.registered("sipjs", { library: "sipjs", user: "1002" }),
  ]);
  const users = (await table.pbx.state()).registrations.map(({ user }) => user);
  expect(users.sort()).toEqual(["1001", "1002"]);
  for (const { trace } of [one, two]) expect(trace.filter((frame) => frame.includes("myvoipapp.com"))).toEqual([]);
  expect(table.ringfence.log).not.toContain(passwords["1001"]);
});

scenario("one tab calls the other, each holds and resumes, and the called one hangs up", async () => {
  await one.tell({ do: "call", to: "1002" });
  expect(await two.sees("incoming")).toBe("1001");
  await two.tell({ do: "answer" });
  await Promise.all([one.sees("established"), two.sees("established")]);
  for (const [holder, held] of [
    [one, two],
    [two, one],
  ] as const) {
    await holder.tell({ do: "hold" });
    await held.sees("held");
    await holder.sees("hold-answered");
    await holder.tell({ do: "resume" });
    await held.sees("resumed");
    await holder.sees("hold-answered", 2);
  }
  await two.tell({ do: "hang-up" });
  await Promise.all([one.sees("ended"), two.sees("ended")]);
  await table.nothingIsLeft();
});

/** What the page sent after `since` frames was answered 200. */
async function isAnswered(page: BrowserPhone, method: string, since: number): Promise<void> {
  const after = () => page.trace.slice(since);
  const cseq = await eventually(
    `the page to send ${method}`,
    () => /CSeq: \d+ [A-Z]+/.exec(after().find((frame) => frame.startsWith(`>${method}`)) ?? "")?.[0],
  );
  await eventually(`its ${method} to be answered`, () =>
    after().some((frame) => frame.startsWith("<SIP/2.0 200") && frame.includes(cseq)),
  );
}

scenario("pages refresh their registrations every minute, and the PBX hears nothing of it", async () => {
  const before = (await table.pbx.state()).registrations;
  const since = [one.trace.length, two.trace.length] as const;
  await Promise.all([one.advance(56), two.advance(50)]);
  await Promise.all([isAnswered(one, "REGISTER", since[0]), isAnswered(two, "REGISTER", since[1])]);
  expect((await table.pbx.state()).registrations).toEqual(before);
});

scenario("RFC 4028: a page refreshes its session with Ringfence, and the other page hears nothing of it", async () => {
  const before = two.trace.length;
  await one.tell({ do: "call", to: "1002" });
  await two.sees("incoming");
  await two.tell({ do: "answer" });
  await Promise.all([one.sees("established"), two.sees("established")]);
  // The one that is called says so with its 200 already.
  await eventually("the ACK", () => two.trace.slice(before).some((frame) => frame.startsWith("<ACK")));
  const since = [one.trace.length, two.trace.length] as const;
  await one.advance(50);
  await isAnswered(one, "UPDATE", since[0]);
  expect(two.trace.slice(since[1])).toEqual([]);
  await two.tell({ do: "hang-up" });
  await one.sees("ended");
  await table.nothingIsLeft();
});

scenario("a MESSAGE of one tab is read in the other, both ways", async () => {
  await one.tell({ do: "write", to: "1002", text: "Grüße aus Feld 1" });
  expect(await two.sees("message")).toBe("Grüße aus Feld 1");
  await two.tell({ do: "write", to: "1001", text: "und zurück" });
  expect(await one.sees("message")).toBe("und zurück");
  expect(await one.sees("message-answered")).toMatch(/20[02]/);
  expect(await two.sees("message-answered")).toMatch(/20[02]/);
});

// That its call is hung up too, when it does not come back, takes minutes: test/integration/lost-connection.test.ts.
scenario("a tab that is closed is no registration any more, and its call can be hung up", async () => {
  await two.tell({ do: "call", to: "1001" });
  await one.sees("incoming");
  await one.tell({ do: "answer" });
  await two.sees("established");
  await two.close();
  await table.ringfence.until("one registration to be left", ({ registrations }) => registrations === 1);
  await one.tell({ do: "hang-up" });
  await one.sees("ended");
  await table.nothingIsLeft();
});

scenario("a wrong password is refused, and a page that is not listed does not get a connection", async () => {
  const stranger = await table.page("wrong-password", { library: "jssip", user: "1002", password: "no-such" });
  expect(await stranger.sees("registration-refused")).toMatch(/40[13]/);
  const page = { library: "jssip", user: "1002", origin: "https://phone.example.com.evil.example" } as const;
  const foreign = await table.page("wrong-origin", page);
  await foreign.sees("disconnected");
  expect(foreign.happened.map(({ what }) => what)).not.toContain("connected");
  expect(foreign.trace).toEqual([]);
  await Promise.all([stranger.close(), foreign.close()]);
});

scenario("a page that offers DTLS-SRTP where only SDES is allowed is told at once", async () => {
  const page = await table.registered("dtls", { library: "jssip", user: "1003", keying: "dtls" });
  await page.tell({ do: "call", to: "600" });
  expect(await page.sees("failed")).toContain("488");
  expect(page.trace.find((frame) => frame.startsWith(">INVITE"))).toContain("a=fingerprint:sha-256 ");
  await page.close();
});

scenario("after a restart of Ringfence the pages come back by themselves and can be called", async () => {
  two = await table.registered("sipjs-again", { library: "sipjs", user: "1002" });
  table.forget();
  await table.restartRingfence();
  await Promise.all([one.sees("registered"), two.sees("registered")]);
  await one.tell({ do: "call", to: "1002" });
  await two.sees("incoming");
  await two.tell({ do: "answer" });
  await Promise.all([one.sees("established"), two.sees("established")]);
  await one.tell({ do: "hang-up" });
  await two.sees("ended");
  await eventually("no call to be left", async () => (await table.ringfence.status()).calls === 0);
});

scenario("drain: a call goes on, a new one is refused with 503, and after the last the pages are let go", async () => {
  await one.tell({ do: "call", to: "1002" });
  await two.sees("incoming");
  await two.tell({ do: "answer" });
  await Promise.all([one.sees("established"), two.sees("established")]);
  const drained = table.ringfence.ask("drain");
  await table.ringfence.until("the drain to begin", ({ draining }) => draining);
  await one.tell({ do: "call", to: "600" });
  expect(await one.sees("failed")).toContain("503");
  await two.tell({ do: "hold" });
  await one.sees("held");
  await two.tell({ do: "hang-up" });
  await one.sees("ended");
  await Promise.all([one.sees("disconnected"), two.sees("disconnected")]);
  expect((await drained).code).toBe(0);
});
