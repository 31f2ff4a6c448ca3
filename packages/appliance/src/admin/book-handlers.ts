/** Records of calls and alerts: what their own desks answer, as the API says it. */
import { ApiError } from "@ringfence/admin";
import { cleanText } from "../logs/clean-text.ts";
import type { Console, HandlersOf } from "./admin-parts.ts";

type Names =
  | "ladder"
  | "records"
  | "record"
  | "recordsExport"
  | "privacyShow"
  | "privacyErase"
  | "alerts"
  | "acknowledge"
  | "alertTest"
  | "auditLog";

export function bookHandlers({ ladder, trail }: Console): HandlersOf<Names> {
  const later = (): never => {
    throw new ApiError(501, "not-yet", "this part is not there yet", "Use the command line.");
  };
  return {
    ladder({ params }) {
      const found = ladder(params.id);
      if (found === undefined) {
        const message = `no messages of call ${cleanText(params.id, 64)} are kept`;
        throw new ApiError(404, "no-such-call", message, "capture.ladders says how many calls are kept.");
      }
      return { ...found, parties: [...found.parties], messages: [...found.messages] };
    },
    records: later,
    record: later,
    recordsExport: later,
    privacyShow: later,
    privacyErase: later,
    alerts: () => ({ open: [], past: [] }),
    acknowledge: later,
    alertTest: later,
    auditLog({ query }) {
      const { items, next } = trail.page(query.limit, query.after);
      return { items: [...items], next };
    },
  };
}
