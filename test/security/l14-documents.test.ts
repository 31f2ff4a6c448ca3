import { expect, test } from "vitest";
import { busy, event, notify, watching } from "../support/watching.ts";

const document = busy("call@10.0.0.5", "local", "remote");

test("threat L14: a dialog document cut off anywhere, or with any octet changed, shows no host but ours and trips nothing", () => {
  const w = watching("dialog");
  let cseq = 0;
  let shown = 0;
  const feed = (body: string) => {
    notify(w, ++cseq, event("dialog", "application/dialog-info+xml"), body);
    for (const { message } of w.phone.inbox.splice(0)) {
      const text = Buffer.from(message.body).toString("utf8");
      shown++;
      for (const [uri] of text.matchAll(/sips?:[^<"]*/g)) expect(uri).toMatch(/@pbx\.example\.com$/);
      expect(text).not.toMatch(/call-id|<!|secret/);
    }
  };
  for (let at = 0; at < document.length; at += 3) {
    feed(document.slice(0, at));
    for (const bit of [0, 1, 4]) {
      const changed = String.fromCharCode(document.charCodeAt(at) ^ (1 << bit));
      feed(document.slice(0, at) + changed + document.slice(at + 1));
    }
    w.world.advance(100);
  }
  // Most changes leave a document that can be read: the test looks at something.
  expect(shown).toBeGreaterThan(300);
});
