/** What is counted of accounts whose calls look like fraud. */
import { questionResults } from "@ringfence/edge";
import { suspensionReasons } from "@ringfence/policy";

export const fraudMetrics = {
  frauds: {
    type: "counter" as const,
    help: "Accounts whose calls looked like fraud, by what was found and what followed",
    labels: { reason: suspensionReasons.filter((reason) => reason !== "command"), action: ["alert", "suspend"] },
  },
  fraud_questions: {
    type: "counter" as const,
    help: "Calls that the fraud service was to judge, by what it said",
    labels: { result: questionResults },
  },
  suspensions: {
    type: "counter" as const,
    help: "Accounts suspended, by reason",
    labels: { reason: suspensionReasons },
  },
} as const;
