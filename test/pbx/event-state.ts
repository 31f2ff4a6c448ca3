import type { Core } from "./core.ts";
import type { Leg } from "./leg.ts";

/** What a watcher is told of an extension, as the bodies of NOTIFY. */

export type EventName = "message-summary" | "dialog" | "presence";

export const bodyTypes: Readonly<Record<EventName, string>> = {
  "message-summary": "application/simple-message-summary",
  dialog: "application/dialog-info+xml",
  presence: "application/pidf+xml",
};

export const isEventName = (name: string): name is EventName => Object.hasOwn(bodyTypes, name);

/** One dialog of an extension, from that extension's own side. */
export interface SeenDialog {
  readonly id: string;
  readonly callId: string;
  readonly localTag: string | undefined;
  readonly remoteTag: string;
  readonly direction: "initiator" | "recipient";
  readonly state: "early" | "confirmed" | "terminated";
  readonly other: string;
}

/** The legs of every extension, in one walk over the calls. */
export function dialogsByExtension(core: Core): Map<string, SeenDialog[]> {
  const found = new Map<string, SeenDialog[]>();
  const add = (leg: Leg, state: "early" | "confirmed", other: string) => {
    if (leg.extension === undefined || leg.call.state === "ended") return;
    const list = found.get(leg.extension) ?? [];
    list.push(seen(leg, state, other));
    found.set(leg.extension, list);
  };
  for (const call of core.calls) {
    const state = call.state === "answered" ? "confirmed" : "early";
    add(call.a, state, call.called);
    if (call.b !== undefined) add(call.b, "confirmed", call.a.number);
    const rings = call.transfer?.branches ?? call.branches;
    for (const branch of rings) add(branch.leg, "early", call.caller.number);
  }
  return found;
}

const seen = (leg: Leg, state: "early" | "confirmed", other: string): SeenDialog => ({
  id: leg.localTag,
  callId: leg.callId,
  localTag: leg.remoteTag,
  remoteTag: leg.localTag,
  direction: leg.side === "a" ? "initiator" : "recipient",
  state,
  other,
});

/** `Messages-Waiting` and its counts (RFC 3842 §5.2). */
export function messageSummary(core: Core, user: string, host: string): string {
  const { fresh, old } = core.mailboxes.of(user);
  const waiting = fresh > 0 ? "yes" : "no";
  return `Messages-Waiting: ${waiting}\r\nMessage-Account: sip:${user}@${host}\r\nVoice-Message: ${fresh}/${old} (0/0)\r\n`;
}

const rpidNames = 'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid"';
const onThePhone = '<dm:person id="p1"><rpid:activities><rpid:on-the-phone/></rpid:activities></dm:person>';

/** PIDF (RFC 3863): open when a device is registered or it said so itself, with a note and perhaps an activity (RFC 4480) while it talks. */
export function presence(core: Core, user: string, host: string, dialogs: readonly SeenDialog[]): string {
  const open = core.published.of(user) ?? core.registrar.of(user).length > 0;
  const talks = dialogs.some((d) => d.state === "confirmed");
  const note = talks ? "<note>On the phone</note>" : "";
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" ${rpidNames} entity="sip:${user}@${host}">`,
    `<tuple id="t${user}"><status><basic>${open ? "open" : "closed"}</basic></status>${note}</tuple>`,
    ...(talks && core.knobs.onThePhone ? [onThePhone] : []),
    "</presence>",
    "",
  ].join("\r\n");
}

/** dialog-info (RFC 4235 §4), always the full state. */
export function dialogInfo(user: string, host: string, version: number, dialogs: readonly SeenDialog[]): string {
  const each = dialogs.map((d) => {
    const local = d.localTag === undefined ? "" : ` local-tag="${d.localTag}"`;
    const party = (kind: "local" | "remote", number: string) =>
      `<${kind}><identity>sip:${number}@${host}</identity><target uri="sip:${number}@${host}"/></${kind}>`;
    return (
      `<dialog id="${d.id}" call-id="${d.callId}"${local} remote-tag="${d.remoteTag}" direction="${d.direction}">` +
      `<state>${d.state}</state>${party("local", user)}${party("remote", d.other)}</dialog>`
    );
  });
  return [
    '<?xml version="1.0"?>',
    `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="sip:${user}@${host}">`,
    ...each,
    "</dialog-info>",
    "",
  ].join("\r\n");
}
