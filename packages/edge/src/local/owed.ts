/** What some refusals must name beside their status, whoever decided them: ourselves, a PBX or a carrier that said it badly. */
import type { Request } from "@ringfence/sip";
import type { HeaderPair } from "../call/headers.ts";
import type { Flow } from "../flow.ts";
import type { CoreSettings } from "../settings.ts";
import { eventNames } from "../subscription/event-names.ts";
import { servedMethods } from "./allow.ts";
import { crossable } from "./body.ts";

/** RFC 3261 §20.1: an empty list says that no body is taken. */
const accepted: ReadonlyMap<string, string> = new Map([
  ...["INVITE", "PRACK", "UPDATE"].map((method) => [method, "application/sdp"] as const),
  ["INFO", [...crossable.info.types].join(", ")],
  ["MESSAGE", [...crossable.message.types].join(", ")],
]);

/** @returns nothing where the answer has it already; Accept-Encoding is as good as Accept */
export function owedHeaders(
  settings: CoreSettings,
  flow: Flow,
  { method }: Request,
  status: number,
  said: readonly HeaderPair[],
): readonly HeaderPair[] {
  const owed = owedOf(settings, flow, method, status);
  return owed === undefined || said.some(([name]) => name.startsWith(owed[0])) ? [] : [owed];
}

function owedOf(settings: CoreSettings, flow: Flow, method: string, status: number): HeaderPair | undefined {
  switch (status) {
    // RFC 3261 §21.4.6: MUST. What was refused here is not among them, though it may be served elsewhere.
    case 405:
      return [
        "Allow",
        servedMethods(settings, flow)
          .split(", ")
          .filter((one) => one !== method)
          .join(", "),
      ];
    // §21.4.13: MUST.
    case 415:
      return ["Accept", accepted.get(method) ?? ""];
    // RFC 6665 §8.3.2.
    case 489:
      return ["Allow-Events", eventNames.join(", ")];
    default:
      return undefined;
  }
}
