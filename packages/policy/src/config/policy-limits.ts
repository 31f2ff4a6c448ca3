import { z } from "zod";
import { country, destinations } from "./destinations.ts";
import { duration } from "./duration.ts";
import { anomaly, anomalyOf, fraudService, onFraud } from "./fraud.ts";
import { choice, whole } from "./leaf.ts";
import type { PolicyConfig } from "./policy-config.ts";
import { dialNumber, path } from "./text.ts";
import { accountPolicies, ratesFile } from "./use-rules.ts";

const emergency = z.strictObject({
  numbers: z.array(dialNumber()).max(100).prefault(["112", "911", "999"]).meta({
    description: "Numbers that no limit stops. Compared with the dialled number, with and without a plus.",
  }),
  urns: z.boolean().default(true).meta({ description: "urn:service:sos and below are emergency calls (RFC 5031)." }),
  to: choice(["pbx"]).prefault("pbx").meta({ description: "Where emergency calls go." }),
  unregistered_calls: whole(0, 1000).default(4).meta({
    description: "Emergency calls at one time from phones that are not registered. 0 refuses them.",
  }),
});

const limits = z.strictObject({
  calls: whole(1, 100_000).default(500).meta({ description: "Calls at one time." }),
  calls_per_second: whole(1, 10_000).default(50).meta({ description: "New calls in a second." }),
  calls_per_account: whole(1, 10_000).default(2).meta({ description: "Calls at one time from one account." }),
  call_duration: duration("10s", "7d").prefault("4h").meta({ description: "A call is ended after this." }),
  mode: choice(["enforce", "shadow"]).prefault("enforce").meta({
    description:
      "`shadow`: calls that these would refuse are counted and logged, and let through. `call_duration` ends calls all the same.",
  }),
});

export const policySection = z
  .strictObject({
    country: country().optional().meta({
      description:
        "Where the phones are (ISO 3166: DE, US): how numbers without country code are read. Without it only `+`, `00` and `011` make a number international, and rules by country or type see no others.",
    }),
    emergency: emergency.prefault({}),
    destinations,
    limits: limits.prefault({}),
    accounts: accountPolicies,
    anomaly,
    on_fraud: onFraud,
    fraud_service: fraudService,
    rates: ratesFile,
    geoip: z
      .strictObject({
        file: path().meta({
          description:
            "A MaxMind DB of countries (`.mmdb`), which Ringfence does not bring: where callers are, for `simultaneous` of `policy.anomaly`.",
        }),
      })
      .optional(),
    on_reload: choice(["keep", "end"]).prefault("keep").meta({
      description:
        "Calls and registrations that the rules of a reload forbid: `keep` lets them go on until they end by themselves, `end` ends them, with BYE on both legs. Emergency calls go on in any case.",
    }),
    reason_header: z.boolean().default(false).meta({
      description:
        'An answer that refuses carries `Reason: SIP;cause=403;text="refused, decision 5f0c..."`, and a BYE of ours the decision that ended the call. `./ringfence explain` tells more of it; a source that may be forged gets none.',
    }),
  })
  .prefault({})
  .transform(
    (value): PolicyConfig => ({
      country: value.country,
      destinations: value.destinations,
      emergency: {
        numbers: value.emergency.numbers,
        urns: value.emergency.urns,
        to: value.emergency.to,
        unregisteredCalls: value.emergency.unregistered_calls,
      },
      limits: {
        calls: value.limits.calls,
        callsPerSecond: value.limits.calls_per_second,
        callsPerAccount: value.limits.calls_per_account,
        callDurationMs: value.limits.call_duration,
        mode: value.limits.mode,
      },
      onReload: value.on_reload,
      accounts: value.accounts,
      anomaly: anomalyOf(value.anomaly, value.on_fraud.action),
      onFraud: value.on_fraud,
      fraudService: value.fraud_service,
      reasonHeader: value.reason_header,
      ratesFile: value.rates?.file,
      geoipFile: value.geoip?.file,
    }),
  )
  .meta({ description: "Who may do what, and how much of it." });
