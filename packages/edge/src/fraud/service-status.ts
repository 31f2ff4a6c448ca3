/** What is known of the fraud service, for status and metrics: nobody may overlook that it is not asked. */
import type { FraudServiceConfig } from "@ringfence/policy";
import type { EdgeState } from "../state.ts";
import { isOpen } from "./breaker.ts";

export interface FraudServiceStatus extends Pick<FraudServiceConfig, "url" | "mode" | "withoutAnswer"> {
  /** Undefined: it has not answered yet, and has not failed often enough. False: it is left alone. */
  readonly answers: boolean | undefined;
  /** Questions in a row without an answer. */
  readonly unanswered: number;
  /** Questions under way. */
  readonly asked: number;
  /** Milliseconds since 1970: until then no call is asked about, then the next one tries it. */
  readonly leftAloneUntil: number | undefined;
}

/** Undefined: there is no `policy.fraud_service`. */
export function fraudServiceStatus({ settings, fraudService, stir }: EdgeState): FraudServiceStatus | undefined {
  const service = settings.config.policy.fraudService;
  if (service === undefined) return undefined;
  const { asked, breaker } = fraudService;
  const { url, mode, withoutAnswer } = service;
  const open = isOpen(breaker);
  return {
    ...{ url, mode, withoutAnswer },
    answers: open ? false : breaker.answered ? true : undefined,
    unanswered: breaker.failures,
    asked: asked.size,
    leftAloneUntil: open ? Math.round(breaker.openUntil + stir.wallOffset) : undefined,
  };
}
