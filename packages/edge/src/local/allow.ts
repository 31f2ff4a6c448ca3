/** Which methods we take from whom, in and out of dialogs (RFC 3261 §20.5). */
import { allowHeader, type HeaderPair } from "../call/headers.ts";
import { sessionBounds } from "../call/session.ts";
import type { Flow } from "../flow.ts";
import type { CoreSettings } from "../settings.ts";

/** For 405 (§8.2.1: MUST) and for OPTIONS (§11.2). */
export function servedMethods(settings: CoreSettings, flow: Flow): string {
  const { subscribe } = settings.config.phones.methods;
  const ofPhones = subscribe ? ", REGISTER, SUBSCRIBE, PUBLISH" : ", REGISTER";
  return `${allowHeader(settings, flow)}${flow.side === "phone" ? ofPhones : ""}`;
}

/** Option tags that we honour when a peer requires them; any other in Require is answered with 420. */
const extensions: ReadonlySet<string> = new Set(["100rel"]);
const extensionSets: readonly ReadonlySet<string>[] = [
  extensions,
  new Set([...extensions, "replaces", "tdialog"]),
  new Set([...extensions, "timer"]),
  new Set([...extensions, "replaces", "tdialog", "timer"]),
];

/** `replaces` where transfers are served, `timer` where the sender's side has session timers (RFC 4028 §8). */
export function servedExtensions(settings: CoreSettings, flow: Flow): ReadonlySet<string> {
  const replaces = settings.config.phones.methods.refer ? 1 : 0;
  const timer = sessionBounds(settings, flow.side, flow.trunk) === undefined ? 0 : 2;
  return extensionSets[replaces + timer] ?? extensions;
}

/** What a 200 to OPTIONS says (RFC 3261 §11.2): of ourselves, also where the other side was asked. */
export function capabilities(settings: CoreSettings, flow: Flow): readonly HeaderPair[] {
  return [
    ["Allow", servedMethods(settings, flow)],
    ["Accept", "application/sdp"],
    ["Supported", [...servedExtensions(settings, flow)].join(", ")],
  ];
}
