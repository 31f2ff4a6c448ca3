/** Which methods we take from whom, in and out of dialogs (RFC 3261 §20.5). */
import { allowHeader } from "../call/headers.ts";
import type { Flow } from "../flow.ts";
import type { CoreSettings } from "../settings.ts";

/** For 405 (§8.2.1: MUST) and for OPTIONS (§11.2). */
export function servedMethods(settings: CoreSettings, flow: Flow): string {
  const { subscribe } = settings.config.phones.methods;
  const ofPhones = subscribe ? ", REGISTER, SUBSCRIBE, PUBLISH" : ", REGISTER";
  return `${allowHeader(settings, flow)}${flow.side === "phone" ? ofPhones : ""}`;
}
