import { expect, test } from "vitest";
import {
  answer,
  connected,
  invite,
  patience,
  phoneOf,
  register,
  requestText,
  startLab,
  within,
} from "./conversation.ts";
import { answerTo, bodyOf, field, newId, type Phone } from "./phone.ts";

interface Watch {
  readonly phone: Phone;
  readonly callId: string;
  readonly tag: string;
}

const watch = (phone: Phone): Watch => ({ phone, callId: newId(), tag: newId() });

function subscribe(w: Watch, user: string, event: string, seq = 1, expires = 300, toTag = "", own = "1001"): void {
  w.phone.send(
    requestText(w.phone, {
      method: "SUBSCRIBE",
      uri: `sip:${user}@pbx.example`,
      from: `<sip:${own}@pbx.example>;tag=${w.tag}`,
      to: `<sip:${user}@pbx.example>${toTag === "" ? "" : `;tag=${toTag}`}`,
      callId: w.callId,
      seq,
      extra: [`Event: ${event}`, `Expires: ${expires}`, `Contact: <sip:${own}@${w.phone.host}>`],
    }),
  );
}

async function notified(phone: Phone): Promise<string> {
  const notify = await phone.next("NOTIFY");
  phone.send(answerTo(notify, "200 OK"));
  return notify;
}

async function alice() {
  const pbx = await startLab();
  const phone = await phoneOf(pbx);
  await register(phone, "1001");
  return { pbx, phone };
}

test("BLF: a watcher sees an extension ring, talk and end, with the dialog's own identifiers", async () => {
  const { pbx, phone } = await alice();
  const [bob, carol] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(bob, "1002");
  await register(carol, "1003");
  subscribe(watch(phone), "1002", "dialog");
  const ok = await phone.next("200 OK", (text) => (field(text, "CSeq") ?? "").endsWith("SUBSCRIBE"));
  expect(field(ok, "Expires")).toBe("300");
  const first = await notified(phone);
  expect(field(first, "Subscription-State")).toBe("active;expires=300");
  expect(field(first, "Content-Type")).toBe("application/dialog-info+xml");
  expect(bodyOf(first)).not.toContain("<dialog ");
  const call = invite(carol, "1003", "1002");
  const received = await bob.next("INVITE");
  const early = bodyOf(await notified(phone));
  expect(early).toContain("<state>early</state>");
  expect(early).toContain(`call-id="${field(received, "Call-ID")}"`);
  expect(early).toContain('direction="recipient"');
  expect(early).toContain("sip:1003@");
  answer(bob, received, "1002");
  const answered = await carol.next("200 OK", (text) => (field(text, "CSeq") ?? "").endsWith("INVITE"));
  within(call, answered, "ACK", 1);
  const confirmed = bodyOf(await notified(phone));
  expect(confirmed).toContain("<state>confirmed</state>");
  expect(confirmed).toContain('local-tag="phonetag"');
  within(call, answered, "BYE", 2);
  expect(bodyOf(await notified(phone))).toContain("<state>terminated</state>");
  for (const p of [phone, bob, carol]) p.close();
  await pbx.stop();
});

test("MWI: the counts of a mailbox, told again when they change", async () => {
  const { pbx, phone } = await alice();
  subscribe(watch(phone), "1001", "message-summary");
  expect(bodyOf(await notified(phone))).toContain("Messages-Waiting: no\r\n");
  pbx.setMailbox("1001", { fresh: 2, old: 1 });
  const news = bodyOf(await notified(phone));
  expect(news).toContain("Messages-Waiting: yes\r\n");
  expect(news).toContain("Voice-Message: 2/1 (0/0)\r\n");
  phone.close();
  await pbx.stop();
});

test("with the knob a phone is told of its mailbox without having asked", async () => {
  const { pbx, phone } = await alice();
  pbx.setMailbox("1001", { fresh: 3, old: 0 });
  expect(phone.queued).toEqual([]);
  pbx.set("mailboxUnasked", "on");
  pbx.setMailbox("1001", { fresh: 4, old: 0 });
  const news = await notified(phone);
  expect(field(news, "Event")).toBe("message-summary");
  expect(bodyOf(news)).toContain("Voice-Message: 4/0 (0/0)\r\n");
  phone.close();
  await pbx.stop();
});

test("with the knob presence says on-the-phone while an extension talks, and no longer than that", async () => {
  const pbx = await startLab({ knobs: { onThePhone: true } });
  const { alice: caller, bob, call, ok } = await connected(pbx);
  const watcher = await phoneOf(pbx);
  await register(watcher, "1003");
  subscribe(watch(watcher), "1002", "presence", 1, 300, "", "1003");
  expect(bodyOf(await notified(watcher))).toContain("<rpid:on-the-phone/>");
  within(call, ok, "BYE", 2);
  const after = bodyOf(await notified(watcher));
  expect(after).toContain("<basic>open</basic>");
  expect(after).not.toContain("on-the-phone");
  for (const p of [caller, bob, watcher]) p.close();
  await pbx.stop();
});

test("presence: closed until a device registers; PUBLISH is 501 unless the knob says so", async () => {
  const { pbx, phone } = await alice();
  subscribe(watch(phone), "1002", "presence");
  expect(bodyOf(await notified(phone))).toContain("<basic>closed</basic>");
  const bob = await phoneOf(pbx);
  await register(bob, "1002");
  expect(bodyOf(await notified(phone))).toContain("<basic>open</basic>");
  const publish = (seq: number, basic: string): void =>
    bob.send(
      requestText(bob, {
        method: "PUBLISH",
        uri: "sip:1002@pbx.example",
        from: `<sip:1002@pbx.example>;tag=${newId()}`,
        to: "<sip:1002@pbx.example>",
        callId: newId(),
        seq,
        extra: ["Event: presence", "Content-Type: application/pidf+xml"],
      }),
      `<presence><tuple><status><basic>${basic}</basic></status></tuple></presence>`,
    );
  publish(1, "closed");
  await bob.next("501");
  pbx.set("publish", "on");
  publish(2, "closed");
  expect(field(await bob.next("200 OK", (t) => field(t, "CSeq") === "2 PUBLISH"), "SIP-ETag")).toBeDefined();
  expect(bodyOf(await notified(phone))).toContain("<basic>closed</basic>");
  for (const p of [phone, bob]) p.close();
  await pbx.stop();
});

test("a subscription is refreshed and ended inside its dialog; what is unknown is refused", async () => {
  const { pbx, phone } = await alice();
  const mine = watch(phone);
  subscribe(mine, "1002", "dialog");
  const toTag = (field(await notified(phone), "From") ?? "").split(";tag=")[1] ?? "";
  subscribe(mine, "1002", "dialog", 2, 300, toTag);
  await notified(phone);
  expect(pbx.counts().subscriptions).toBe(1);
  subscribe(mine, "1002", "dialog", 3, 0, toTag);
  expect(field(await notified(phone), "Subscription-State")).toBe("terminated;reason=timeout");
  expect(pbx.counts().subscriptions).toBe(0);
  subscribe(mine, "1002", "dialog", 4, 300, toTag);
  await phone.next("481");
  subscribe(watch(phone), "1002", "conference");
  expect(field(await phone.next("489"), "Allow-Events")).toBe("message-summary, dialog, presence");
  subscribe(watch(phone), "2222", "dialog");
  await phone.next("404");
  pbx.set("subscribe", "off");
  subscribe(watch(phone), "1002", "dialog");
  await phone.next("489");
  const stranger = await phoneOf(pbx);
  pbx.set("subscribe", "on");
  subscribe(watch(stranger), "1002", "dialog");
  await stranger.next("403");
  for (const p of [phone, stranger]) p.close();
  await pbx.stop();
});

test("a watcher that answers 481 to a NOTIFY watches no more", async () => {
  const { pbx, phone } = await alice();
  subscribe(watch(phone), "1001", "message-summary");
  phone.send(answerTo(await phone.next("NOTIFY"), "481 Gone"));
  await expect.poll(() => pbx.counts().subscriptions, patience).toBe(0);
  phone.close();
  await pbx.stop();
});
