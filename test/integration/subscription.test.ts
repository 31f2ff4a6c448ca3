import { expect, test } from "vitest";
import { allMethods } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, registered, replyLines } from "../support/sip-script.ts";
import { atPbx, event, here, notify, subscribeLines, watching } from "../support/watching.ts";

test("a subscription ends when nobody renews it, and a refresh goes on in both dialogs", () => {
  const w = watching("presence");
  w.world.advance(200_000);
  const dialog = {
    target: "sip:1002@203.0.113.1:5060",
    from: w.ok.headers.get("From") ?? "",
    to: w.ok.headers.get("To") ?? "",
    callId: w.ok.callId,
  };
  const refresh = (cseq: number, seconds: number) =>
    w.phone.send(
      inDialogLines(w.phone, "SUBSCRIBE", { ...dialog, cseq }, [here, "Event: presence", `Expires: ${seconds}`]),
    );
  refresh(2, 600);
  const { message } = w.pbx.request("SUBSCRIBE");
  expect([message.callId, message.to.tag, message.cseq.number]).toEqual([
    w.subscribe.callId,
    "peer",
    w.subscribe.cseq.number + 1,
  ]);
  w.pbx.send(replyLines(message, "200 OK", ["Expires: 300", atPbx]));
  expect(w.phone.response(200).message.headers.get("Expires")).toBe("300");
  w.world.advance(300_000);
  expect(w.world.core.counts().subscriptions).toBe(1);
  w.world.advance(40_000);
  expect(w.world.core.counts().subscriptions).toBe(0);
  refresh(3, 600);
  expect(w.phone.next().text).toMatch(/^SIP\/2.0 (403|481)/);
});

test("RFC 6665 section 4.1.2.4: a NOTIFY that comes before the 200 reaches the watcher", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  phone.send(subscribeLines(phone, "presence", ["Expires: 0"]));
  const pbx = world.pbx();
  const { message: subscribe } = pbx.request("SUBSCRIBE");
  const pidf =
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:1002@10.0.0.5"><tuple id="x"><status><basic>open</basic></status><contact>sip:1002@10.0.0.99</contact><note>at 5 &lt; 6</note></tuple></presence>';
  notify({ pbx, subscribe }, 1, event("presence", "application/pidf+xml", "terminated;reason=timeout"), pidf);
  const { text } = phone.request("NOTIFY");
  expect(text).toContain("<basic>open</basic>");
  expect(text).toContain("<note>at 5 &lt; 6</note>");
  expect(text).not.toContain("10.0.0.");
  pbx.send(replyLines(subscribe, "200 OK", ["Expires: 0", atPbx]));
  phone.response(200);
  expect(world.core.counts().subscriptions).toBe(0);
});

test("a watcher that is gone ends its subscription", () => {
  const w = watching("message-summary");
  notify(w, 1, event("message-summary", "application/simple-message-summary"), "Messages-Waiting: yes\r\n");
  w.phone.send(replyLines(w.phone.request("NOTIFY").message, "481 Gone"));
  w.pbx.response(481);
  expect(w.world.core.counts().subscriptions).toBe(0);
  notify(w, 2, event("message-summary", "application/simple-message-summary"), "Messages-Waiting: yes\r\n");
  expect(w.phone.inbox).toHaveLength(0);
});

test.each([
  ["refused", "403 Forbidden", 403],
  ["challenged", "407 Proxy Authentication Required", 403],
  ["redirected", "302 Moved", 480],
])("a SUBSCRIBE that is %s leaves nothing behind", (_what, line, shown) => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  phone.send(subscribeLines(phone, "dialog"));
  world.pbx().send(replyLines(world.pbx().request("SUBSCRIBE").message, line, ["Contact: <sip:x@198.51.100.99>"]));
  phone.response(shown);
  world.advance(40_000);
  expect(world.core.counts()).toMatchObject({ subscriptions: 0, transactions: { server: 0, client: 0 }, timers: 1 });
});

test("a SUBSCRIBE that nobody answers leaves nothing behind", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  phone.send(subscribeLines(phone, "dialog"));
  world.advance(80_000);
  phone.response(504);
  expect(world.core.counts()).toMatchObject({ subscriptions: 0, transactions: { server: 0, client: 0 }, timers: 1 });
});

test("an event that is not served is answered 489 with those that are", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  for (const name of ["reg", "refer", "__proto__", "xcap-diff;x=y"]) {
    phone.send(subscribeLines(phone, name));
    expect(phone.response(489).message.headers.get("Allow-Events")).toBe("message-summary, dialog, presence");
  }
  expect(world.pbx().inbox).toHaveLength(0);
});

test("an account has 256 subscriptions and no more", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  const another = (number: number) =>
    subscribeLines(phone, "dialog").map((line) => (line.startsWith("Call-ID:") ? `Call-ID: watch-${number}` : line));
  for (let i = 0; i < 256; i++) phone.send(another(i));
  expect(world.core.counts().subscriptions).toBe(256);
  phone.send(another(256));
  expect(phone.response(503).message.reason).toBe("Too many subscriptions");
  world.advance(200_000);
  expect(world.core.counts().subscriptions).toBe(0);
});

test("threat L5: a NOTIFY with the right Call-ID and tags from elsewhere reaches no phone, and other methods are refused in the dialog", () => {
  const w = watching("dialog");
  const lines = inDialogLines(
    w.phone,
    "NOTIFY",
    {
      target: "sip:1001@203.0.113.1",
      from: `${w.subscribe.headers.get("To")};tag=peer`,
      to: w.subscribe.headers.get("From") ?? "",
      callId: w.subscribe.callId,
      cseq: 1,
    },
    ["Event: dialog", "Subscription-State: terminated"],
  );
  const stranger = w.world.phone("192.0.2.66", 5060);
  stranger.send(lines);
  expect(w.phone.inbox).toHaveLength(0);
  expect(w.world.core.counts().subscriptions).toBe(1);
  const dialog = {
    target: "sip:1002@203.0.113.1:5060",
    from: w.ok.headers.get("From") ?? "",
    to: w.ok.headers.get("To") ?? "",
    callId: w.ok.callId,
  };
  for (const [place, method] of ["INVITE", "BYE", "NOTIFY", "REFER", "MESSAGE", "INFO"].entries()) {
    w.phone.send(inDialogLines(w.phone, method, { ...dialog, cseq: 10 + place }, [here]));
    w.phone.response(405);
  }
  expect(w.pbx.inbox).toHaveLength(0);
});
