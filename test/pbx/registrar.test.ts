import { expect, test } from "vitest";
import { listener, patience, phoneOf, register, requestText, startLab } from "./conversation.ts";
import { field, fields, newId, openPhone, quoted } from "./phone.ts";

test("the 401 has the captured shape: constant realm, 32 upper-case hex of nonce, MD5, stale, no qop, no opaque, no Server", async () => {
  const pbx = await startLab();
  const phone = await phoneOf(pbx);
  const identity = { from: "<sip:1001@any.example>;tag=1", to: "<sip:1001@any.example>", callId: newId(), seq: 1 };
  phone.send(requestText(phone, { method: "REGISTER", uri: "sip:any.example", ...identity }));
  const refused = await phone.next("401");
  const challenge = field(refused, "WWW-Authenticate") ?? "";
  const nonce = quoted(challenge, "nonce");
  expect(challenge).toBe(`Digest realm="myvoipapp.com", nonce="${nonce}", algorithm=MD5, stale=true`);
  expect(nonce).toHaveLength(32);
  expect([...nonce].every((c) => "0123456789ABCDEF".includes(c))).toBe(true);
  expect(field(refused, "Server")).toBeUndefined();
  expect((field(refused, "To") ?? "").split(";tag=")[1]).toHaveLength(16);
  expect(field(refused, "Via")).toContain(`;received=127.0.0.1;rport=${phone.port}`);
  expect(field(refused, "Via")).not.toContain("alias");
  phone.close();
  await pbx.stop();
});

test("the 200 rewrites Contact, cuts Expires and names itself", async () => {
  const pbx = await startLab({ transports: ["tcp"] });
  const phone = await openPhone(listener(pbx, "tcp"));
  const contact = "<sip:1001@192.168.1.8:5060;ob;rf=k-1>;q=0.5";
  const ok = await register(phone, "1001", { contact, transport: "tcp" });
  expect(fields(ok, "Contact")).toEqual(['"1001"<sip:1001@192.168.1.8;transport=tcp;ob;rf=k-1>']);
  expect(fields(ok, "Expires")).toEqual(["120"]);
  expect(field(ok, "Server")).toBe("SIP server (5 clients, 20251206)");
  for (const absent of ["Path", "Service-Route", "Supported", "Record-Route", "Date"])
    expect(field(ok, absent)).toBeUndefined();
  phone.close();
  await pbx.stop();
});

test("a device goes with Expires 0, all go with an asterisk, and with a restart", async () => {
  const pbx = await startLab();
  const phone = await phoneOf(pbx);
  for (const leave of [{ expires: 0 }, { expires: 0, contact: "*" }]) {
    await register(phone, "1001");
    expect(pbx.registrations().map((r) => r.user)).toEqual(["1001"]);
    await register(phone, "1001", leave);
    expect(pbx.registrations()).toEqual([]);
  }
  await register(phone, "1001");
  pbx.restart();
  expect(pbx.registrations()).toEqual([]);
  phone.close();
  await pbx.stop();
});

test("the fourth device is refused, and without the right the second replaces the first", async () => {
  const pbx = await startLab();
  const phone = await phoneOf(pbx);
  const answers: string[] = [];
  for (const key of ["a", "b", "c", "d"]) {
    answers.push((await register(phone, "1003", { contact: `<sip:1003@10.0.0.1;rf=${key}>` })).slice(8, 11));
  }
  expect(answers).toEqual(["200", "200", "200", "403"]);
  await register(phone, "1001", { contact: "<sip:1001@10.0.0.1>" });
  await register(phone, "1001", { contact: "<sip:1001@10.0.0.2>" });
  expect(
    pbx
      .registrations()
      .filter((r) => r.user === "1001")
      .map((r) => r.uri),
  ).toEqual(["sip:1001@10.0.0.2"]);
  phone.close();
  await pbx.stop();
});

test("wrong passwords ban the address, not the phone; the white list stops that", async () => {
  const pbx = await startLab({ knobs: { f2bFailures: 2 } });
  const [bad, good] = [await phoneOf(pbx), await phoneOf(pbx)];
  expect(await register(bad, "1001", { password: "guess" })).toContain("401");
  void register(bad, "1001", { password: "guess" });
  await expect.poll(() => pbx.banned(), patience).toEqual(["127.0.0.1"]);
  const heard = pbx.traffic().length;
  void register(good, "1002");
  pbx.restart();
  expect(await register(good, "1002")).toContain("200 OK");
  expect(pbx.traffic().length).toBeGreaterThan(heard);
  bad.close();
  good.close();
  await pbx.stop();

  const lenient = await startLab({ knobs: { f2bFailures: 1 }, data: { accept: ["127.0.0.1"] } });
  const phone = await phoneOf(lenient);
  expect(await register(phone, "1001", { password: "guess" })).toContain("401");
  expect(lenient.banned()).toEqual([]);
  phone.close();
  await lenient.stop();
});
