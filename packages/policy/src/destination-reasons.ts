/** What a rule of `policy.destinations` may say. */
import type { ReasonEntry } from "./reason-entry.ts";

export const destinationCatalogue = {
  "destination-barred": {
    status: 403,
    text: "Number Barred",
    remedy:
      "A rule of `policy.destinations` refuses the number. `./ringfence explain` says which, and in which line it stands.",
  },
  "premium-rate": {
    status: 403,
    text: "Premium Rate Numbers Barred",
    remedy:
      "A rule of `policy.destinations` refuses numbers that cost the caller extra, and what no rule allows of them is refused too. Allow the one before that rule.",
  },
  "international-barred": {
    status: 403,
    text: "International Calls Barred",
    remedy:
      "The account has `international: false`, or a rule of `policy.destinations` refuses numbers abroad. Set it to true for who may, or allow the country before that rule.",
  },
  "high-risk-destination": {
    status: 403,
    text: "Destination Barred",
    remedy:
      "The number is in a range that toll fraud uses (`list: high-risk`), and no rule of `policy.destinations` allows it. If somebody of yours dialled it on purpose, allow its prefix before that rule; if nobody did, an account has been stolen.",
  },
  "not-in-dial-plan": {
    status: 404,
    text: "Number Not In Dial Plan",
    remedy: "No rule of `policy.destinations` before the last one allows the number. Allow its country or prefix.",
  },
} as const satisfies Record<string, ReasonEntry>;

export type DestinationReason = keyof typeof destinationCatalogue;
export const destinationReasons = Object.keys(destinationCatalogue) as readonly DestinationReason[];
