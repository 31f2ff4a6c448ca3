/**
 * With `authentication: edge` the PBX's registrations are ours to keep: renewed before they end, all of them again after the
 * PBX was away, taken back when a phone is gone. One after the other, at a pace that a PBX just started can bear.
 */
import type { Response } from "@ringfence/sip";
import { type EdgeState, tell } from "../state.ts";
import { sendToPbx } from "../trunk/pbx.ts";
import { grantedSeconds, putBinding, removeBinding } from "./holding.ts";
import type { OwnRegister } from "./own-requests.ts";
import { learnRealm, pbxCredentials } from "./pbx-credentials.ts";
import { ownRegister, type Registering, repeated } from "./pbx-register.ts";

const RETRY = 30_000;

/** The PBX may have forgotten everybody. */
export function renewAll(state: EdgeState, now: number): void {
  if (state.settings.accounts === undefined) return;
  const { own } = state.registrar;
  const pace = state.settings.config.pbx.registersPerSecond;
  for (const token of state.bindings.tokens()) own.schedule(state.deadlines, own.place(now, pace), token, true);
}

export function onRenewalTimer(state: EdgeState, now: number, token: string, placed: boolean): void {
  const { own } = state.registrar;
  const at = placed ? now : own.place(now, state.settings.config.pbx.registersPerSecond);
  if (at > now) return own.schedule(state.deadlines, at, token, true);
  own.unschedule(state.deadlines, token);
  const gone = own.takeGone(token);
  const binding = state.bindings.get(token);
  if (binding === undefined) {
    if (gone !== undefined) send(state, now, { of: gone, token, sent: ownRegister(state, gone) });
    return;
  }
  const { aor, user, domain } = binding;
  if (state.settings.accounts?.has(user) !== true) return removeBinding(state, now, token, "removed");
  const seconds = Math.round(state.settings.config.phones.registration.pbxExpiresMs / 1000);
  const of: Registering = { aor, user, domain, contacts: [{ token, expires: seconds, regId: binding.regId }] };
  send(state, now, { of, token, sent: ownRegister(state, of) });
}

function send(state: EdgeState, now: number, request: OwnRegister): void {
  const id = sendToPbx(state, now, "core-phones", request.sent);
  if (id !== undefined) state.registrar.own.add(id, request);
  else retry(state, now, request);
}

function retry(state: EdgeState, now: number, { token }: OwnRegister): void {
  if (state.bindings.get(token) !== undefined) {
    state.registrar.own.schedule(state.deadlines, now + RETRY, token, false);
  }
}

export function onOwnAnswer(state: EdgeState, now: number, request: OwnRegister, response: Response): void {
  if (response.status < 200) return;
  const { of, token, sent } = request;
  const binding = state.bindings.get(token);
  const removing = of.contacts !== "*" && of.contacts[0]?.expires === 0;
  // The phone came back while it was being taken away, or went while it was being renewed.
  if (removing === (binding !== undefined)) return;
  const challenged = response.status === 401 || response.status === 407;
  if (challenged) {
    const credentials = pbxCredentials(state, of.user, sent, response);
    if (credentials !== undefined) return send(state, now, { ...request, sent: repeated(state, sent, credentials) });
  }
  if (response.status < 300) learnRealm(state, sent);
  if (binding === undefined) return;
  if (response.status < 300) {
    const granted = grantedSeconds(state, of, { token, expires: 1 }, response);
    return putBinding(state, now, { ...binding, pbxUntil: now + granted * 1000, confirmedAt: now });
  }
  if (response.status >= 500 || response.status === 408) return retry(state, now, request);
  tell(state, {
    event: "registration",
    level: "warn",
    reason: "refused-by-pbx",
    status: response.status,
    account: of.user,
    detail: challenged ? "the PBX does not take the password of the accounts file" : undefined,
  });
  removeBinding(state, now, token, "removed");
}

/** No answer: whether the PBX is there is judged by who knows more (trunk/pbx-health.ts). */
export function onOwnFailed(state: EdgeState, now: number, request: OwnRegister): void {
  retry(state, now, request);
}
