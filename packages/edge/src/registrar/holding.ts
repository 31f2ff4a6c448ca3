/** Bindings as they come, stay and go, with their timers, and what the PBX granted for them. */
import { formatNameAddr, parseContacts, type Response } from "@ringfence/sip";
import { climbs } from "../defence/ladder.ts";
import { sourceText } from "../egress.ts";
import { count, type EdgeState, tell } from "../state.ts";
import { type Binding, MAX_BINDINGS, type OneFlow } from "./binding.ts";
import { unwatchBinding, watchBinding } from "./keepalive.ts";
import { withoutFlows } from "./outbound.ts";
import type { Registering } from "./pbx-register.ts";
import { parseSeconds } from "./seconds.ts";

/** A registrar may lengthen an expiry, but nothing stays longer than this. */
const MAX_EXPIRES = 86_400;

/** A phone whose connection broke is back within this, usually. */
const GRACE = 10_000;
/** RFC 3261 §10.2.4: the registrar's word counts, in our Contact if it names one, else in Expires, else as asked. */
export function grantedSeconds(
  state: EdgeState,
  step: Registering,
  contact: { readonly token: string; readonly expires: number },
  response: Response,
): number {
  if (contact.expires === 0) return 0;
  const listed = parseContacts(response.headers.all("Contact"));
  const ours =
    listed === undefined || listed === "*"
      ? undefined
      : listed.find(
          (c) => c.uri.kind === "sip" && c.uri.params.some((p) => p.name === "rf" && p.value === contact.token),
        );
  const alone = listed !== undefined && listed !== "*" && listed.length === 1 && step.contacts.length === 1;
  const named = (ours ?? (alone ? listed[0] : undefined))?.params.find((p) => p.name === "expires")?.value;
  const text = named ?? response.headers.get("Expires");
  const asked = Math.round(state.settings.config.phones.registration.pbxExpiresMs / 1000);
  const seconds = (text === undefined ? undefined : parseSeconds(text)) ?? asked;
  return Math.min(seconds, MAX_EXPIRES);
}

export function putBinding(state: EdgeState, now: number, binding: Binding): void {
  const known = state.bindings.get(binding.token);
  state.registrar.nats.registered(now, known, binding);
  const timer = state.bindings.timerOf(binding.token);
  if (timer !== undefined) state.deadlines.disarm(timer);
  state.bindings.set(binding, state.deadlines.arm(binding.expiresAt, { owner: "binding", token: binding.token }));
  scheduleRenewal(state, now, binding);
  watchBinding(state, now, binding);
  state.out.push({ kind: "binding", token: binding.token, binding });
  climbs(state, now, binding);
  count(state, { name: "registrations", result: known === undefined ? "added" : "refreshed" });
  const moved = known !== undefined && known.flow.id !== binding.flow.id;
  if (known === undefined || moved) watchPlace(state, binding);
  tell(state, {
    event: "registration",
    level: known === undefined || moved ? "info" : "debug",
    reason: known === undefined ? "added" : moved ? "moved" : "refreshed",
    account: binding.user,
    transport: binding.flow.transport,
    source: sourceText(binding.flow),
    duration_ms: Math.round(binding.expiresAt - now),
  });
}

/** Somebody with the password registers from where the account never was: whoever runs the phones shall hear of it. */
function watchPlace(state: EdgeState, { user, flow }: Binding): void {
  const isNew = state.registrar.places.visit(user, flow.packetSource.address);
  if (!isNew || state.settings.config.phones.registration.onNewAddress === "off") return;
  count(state, { name: "registrations", result: "new_address" });
  tell(state, {
    event: "registration",
    level: "warn",
    reason: "new-address",
    account: user,
    transport: flow.transport,
    source: sourceText(flow),
    detail: "registered from a network it has not been seen in: somebody else may have its password",
  });
}

/** The time of a binding is over, unless refreshes that left the timer alone have moved it. */
export function bindingDue(state: EdgeState, now: number, token: string): void {
  const binding = state.bindings.get(token);
  if (binding === undefined) return;
  if (binding.expiresAt <= now) {
    const left = withoutFlows(binding, now, ({ expiresAt }) => expiresAt <= now);
    return left === undefined ? removeBinding(state, now, token, "expired") : moveBinding(state, left);
  }
  state.bindings.rearm(token, state.deadlines.arm(binding.expiresAt, { owner: "binding", token }));
}

/** One flow of several is gone: the registration goes on over what is left, and nobody needs to hear of it. */
export function moveBinding(state: EdgeState, binding: Binding): void {
  const timer = state.bindings.timerOf(binding.token);
  if (timer !== undefined) state.deadlines.disarm(timer);
  state.bindings.set(binding, state.deadlines.arm(binding.expiresAt, { owner: "binding", token: binding.token }));
  watchBinding(state, state.now, binding);
  state.out.push({ kind: "binding", token: binding.token, binding });
}

export function removeBinding(
  state: EdgeState,
  now: number,
  token: string,
  why: "removed" | "expired" | "flow-lost" | "forbidden",
): void {
  const timer = state.bindings.timerOf(token);
  if (timer !== undefined) state.deadlines.disarm(timer);
  unwatchBinding(state, token);
  const binding = state.bindings.delete(token);
  if (binding === undefined) return;
  state.out.push({ kind: "binding", token, binding: undefined });
  if (why === "removed") state.registrar.own.unschedule(state.deadlines, token);
  else scheduleRemoval(state, now, binding);
  count(state, { name: "registrations", result: why === "expired" ? "expired" : "removed" });
  tell(state, {
    event: "registration",
    level: "info",
    reason: why,
    account: binding.user,
    transport: binding.flow.transport,
    source: sourceText(binding.flow),
  });
}

/** RFC 3261 §10.3 step 8: the answer lists every current binding, as the phones wrote them; flows may share a Contact. */
export function currentContacts(state: EdgeState, now: number, aor: string): readonly (readonly [string, string])[] {
  const contacts: (readonly [string, string])[] = [];
  for (const binding of state.bindings.ofAor(aor)) {
    contacts.push(currentContact(now, binding));
    for (const older of binding.others)
      if (older.contactUri !== binding.contactUri) contacts.push(currentContact(now, older));
  }
  return contacts;
}

function currentContact(now: number, { contactUri, expiresAt }: OneFlow): readonly [string, string] {
  const seconds = Math.max(0, Math.round((expiresAt - now) / 1000));
  return ["Contact", formatNameAddr({ uri: contactUri, params: [{ name: "expires", value: String(seconds) }] })];
}

/** Renews when seven eighths of the PBX's time are over. */
function scheduleRenewal(state: EdgeState, now: number, binding: Binding): void {
  if (state.settings.accounts === undefined) return;
  const at = now + ((binding.pbxUntil - now) * 7) / 8;
  state.registrar.own.schedule(state.deadlines, at, binding.token, false);
}

/** A phone is gone and the PBX does not know yet. */
function scheduleRemoval(state: EdgeState, now: number, binding: Binding): void {
  const { own } = state.registrar;
  own.unschedule(state.deadlines, binding.token);
  if (state.settings.accounts === undefined) return;
  const { aor, user, domain, token } = binding;
  const of: Registering = { aor, user, domain, contacts: [{ token, expires: 0 }] };
  if (own.lose(token, of)) own.schedule(state.deadlines, now + GRACE, token, false);
}

/** A binding of the process before this one: nobody is told, it was never gone. */
export function restoreBinding(state: EdgeState, now: number, binding: Binding): void {
  if (state.bindings.size >= MAX_BINDINGS || state.bindings.get(binding.token) !== undefined) return;
  const timer = state.deadlines.arm(binding.expiresAt, { owner: "binding", token: binding.token });
  state.bindings.set(binding, timer);
  state.registrar.places.visit(binding.user, binding.flow.packetSource.address);
  state.conducts.registered(now, binding.user, binding.flow.packetSource.address);
  scheduleRenewal(state, now, binding);
}
