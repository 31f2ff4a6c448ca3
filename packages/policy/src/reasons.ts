import { destinationCatalogue } from "./destination-reasons.ts";
import { fraudCatalogue } from "./fraud-reasons.ts";
import type { ReasonEntry } from "./reason-entry.ts";

const catalogue = {
  "source-denied": {
    status: 403,
    text: "Forbidden",
    remedy: "The source is in `defence.deny`; take it out there if it should be served.",
  },
  "message-too-large": {
    status: 513,
    text: "Message Too Large",
    remedy: "No phone needs a message of this size; look at what sends it. The limit is fixed.",
  },
  "too-many-headers": {
    status: 400,
    text: "Too Many Header Fields",
    remedy: "No phone needs this many header fields; look at what sends them. The limit is fixed.",
  },
  "target-too-long": {
    status: 414,
    text: "Request-URI Too Long",
    remedy: "The dialled user part is longer than any number or name; look at what sends it. The limit is fixed.",
  },
  "target-characters": {
    // The URI is well formed, so it is not 400 (RFC 4475 §3.1.1.3, §3.1.1.9): there is no such number.
    status: 404,
    text: "Not Found",
    remedy:
      "The dialled user part holds control characters, escapes inside escapes or letters outside ASCII. Correct the phone's dial plan.",
  },
  "target-scheme": {
    status: 416,
    text: "Unsupported URI Scheme",
    remedy: "Only sip:, sips: and tel: can be called, and urn:service:sos while `policy.emergency.urns` is on.",
  },
  "method-unknown": {
    status: 501,
    text: "Not Implemented",
    remedy: "The method is not part of SIP as served here. Nothing to do unless a phone of yours needs it.",
  },
  "method-not-allowed": {
    status: 405,
    text: "Method Not Allowed",
    remedy:
      "The method is not served on this side, or is switched off in `phones.methods`; see the tables in docs/configuration.md. Switch it on there, or turn the feature off in the phone.",
  },
  "refer-outside-call": {
    status: 403,
    text: "Transfer inside the call only",
    remedy:
      "A phone sent REFER outside a call, and no Target-Dialog that names a call of its own. Set the phone to send REFER inside the call it is about.",
  },
  "no-dialog": {
    status: 481,
    text: "Call/Transaction Does Not Exist",
    remedy:
      "A request inside a call that is not known here, or not over the connection the call uses. Usual after a restart; many of them are an attack.",
  },
  "merged-request": {
    status: 482,
    text: "Loop Detected",
    remedy:
      "The same request is being answered already: it came along two ways, from two ports, or in a circle. Let the sender use one way; behind a NAT, let it keep its port.",
  },
  "domain-not-served": {
    status: 404,
    text: "Not Found",
    remedy:
      "The domain in the Request-URI is neither in `phones.domains` nor an address of this machine. Add it to `phones.domains` or correct the phone.",
  },
  "not-registered": {
    status: 403,
    text: "Register First",
    remedy:
      "The phone calls without being registered over the same connection. Let it register, and let it send calls from the port it registered from.",
  },
  "unknown-trunk": {
    status: 403,
    text: "Forbidden",
    remedy: "The source is not listed in any `trunks[].from`. Add the carrier's addresses there.",
  },
  "number-not-served": {
    status: 404,
    text: "Not Found",
    remedy:
      "The carrier delivers a number that `trunks[].inbound.did` of this trunk does not list. Add it or tell the carrier.",
  },
  "identity-missing": {
    status: 428,
    text: "Use Identity Header",
    remedy:
      "The trunk has `identity.verify: required` and the call carries no signed number (no Identity, or only kinds not known here, such as div). Ask the carrier to sign, or set it to optional.",
  },
  "identity-info": {
    status: 436,
    text: "Bad Identity Info",
    remedy:
      "The certificate of who signed could not be had: its host is not in `stir.x5u_hosts`, is not reachable, or is at an address that is never fetched from. The line `identity` of the log says which.",
  },
  "identity-credential": {
    status: 437,
    text: "Unsupported Credential",
    remedy:
      "The certificate of who signed is expired, of no authority in `stir.trust`, or not for that number; or the token is not ES256. The line `identity` of the log says which.",
  },
  "identity-invalid": {
    status: 438,
    text: "Invalid Identity Header",
    remedy:
      "The token cannot be read, is for other numbers than the call, was used before, or its signature is wrong. Mostly a carrier that rewrites numbers after signing; the line `identity` of the log says which.",
  },
  "identity-stale": {
    status: 403,
    text: "Stale Date",
    remedy:
      "The token is older or newer than `stir.window` allows. Compare the clock of this machine with the carrier's.",
  },
  ...destinationCatalogue,
  "emergency-unregistered-limit": {
    status: 503,
    text: "Too Many Emergency Calls From Unregistered Phones",
    remedy:
      "More emergency calls from phones that are not registered than `policy.emergency.unregistered_calls` allows. Find out who makes them.",
    retryAfter: 10,
  },
  overloaded: {
    status: 503,
    text: "Overloaded, Try Later",
    remedy:
      "The machine is behind with its work or a table is nearly full (`./ringfence status`, line `load`). Phones that are not proven are refused first. Look for a flood; else the machine is too small.",
    retryAfter: 5,
    retrySpread: 15,
  },
  draining: {
    status: 503,
    text: "Closing For Maintenance",
    remedy:
      "Ringfence is being drained (`./ringfence drain`): it takes no new calls and ends when the last one has. Start it again, or use the other one.",
    retryAfter: 30,
  },
  "pbx-down": {
    status: 503,
    text: "Telephone System Does Not Answer",
    remedy:
      "The last node of the PBX does not answer. Look at the PBX and the way to it: `./ringfence status` says whether it answers. It is asked again and again, and calls go on when it answers; emergency calls are tried all the same.",
    retryAfter: 10,
  },
  "calls-limit": {
    status: 503,
    text: "All Lines Busy",
    remedy: "`policy.limits.calls` is reached. Raise it if the machine and the PBX can carry more.",
    retryAfter: 30,
  },
  "call-rate-limit": {
    status: 503,
    text: "Too Many Calls At Once",
    remedy:
      "More new calls in this second than `policy.limits.calls_per_second`. Raise it if this is your own traffic.",
    retryAfter: 2,
  },
  "account-calls-limit": {
    status: 403,
    text: "Too Many Calls For This Account",
    remedy: "The account holds as many calls as `policy.limits.calls_per_account` allows.",
  },
  ...fraudCatalogue,
  "outside-hours": {
    status: 403,
    text: "Outside Opening Hours",
    remedy:
      "The account, or the trunk towards its carrier, has `hours` and `holidays` that do not allow a call now; they hold in the zone written there.",
  },
  "calls-per-hour-limit": {
    status: 403,
    text: "Too Many Calls This Hour",
    remedy:
      "As many calls within sixty minutes as `calls_per_hour` of the account or trunk allows. Look who makes them before raising it.",
  },
  "minutes-limit": {
    status: 403,
    text: "Minutes Of The Day Used Up",
    remedy:
      "`minutes_per_day` of the account or trunk is used up; it begins anew at midnight of its zone. Look at the calls of the day before raising it.",
  },
  "spend-limit": {
    status: 403,
    text: "Budget Of The Day Used Up",
    remedy:
      "What is left of `spend_per_day` of the account or trunk does not pay for the beginning of this call; it begins anew at midnight of its zone.",
  },
  "rate-unknown": {
    status: 403,
    text: "No Price For This Number",
    remedy:
      "Money is limited (`spend_per_day`), and no line of `policy.rates` covers the dialled number. Add its prefix.",
  },
  "use-unknown": {
    status: 503,
    text: "Limits Cannot Be Checked",
    remedy:
      "What was used today cannot be read or written: the state folder does not work (the log says `store`). Calls that have limits of a day or an hour are refused until it does; emergency calls are not.",
    retryAfter: 30,
  },
  "trunk-calls-limit": {
    status: 503,
    text: "Trunk Busy",
    remedy: "The trunk holds as many calls as its `limits.calls` allows. Compare it with what the carrier sold you.",
    retryAfter: 30,
  },
  "trunk-call-rate-limit": {
    status: 503,
    text: "Trunk Busy",
    remedy: "More new calls on the trunk in this second than its `limits.calls_per_second` allows.",
    retryAfter: 2,
  },
  "srtp-required": {
    status: 488,
    text: "Encrypted Media Required",
    remedy:
      "The offer holds plain RTP where `media.srtp` of this side says required. Turn SRTP (SDES) on in the phone.",
  },
  "srtp-not-allowed": {
    status: 488,
    text: "Encrypted Media Not Available",
    remedy: "The offer holds SRTP where `media.srtp` of this side says off. Set it to optional or required.",
  },
  "srtp-suite": {
    status: 488,
    text: "No Common SRTP Suite",
    remedy: "None of the offered SRTP suites is in `media.suites` of this side. Add one that the phone has.",
  },
} as const satisfies Record<string, ReasonEntry>;

/** The closed list of why a request is refused. docs/errors.md is proven equal to it in both directions. */
export type RejectReason = keyof typeof catalogue;

export const rejectReasons: Readonly<Record<RejectReason, ReasonEntry>> = catalogue;
