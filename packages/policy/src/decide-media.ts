import type { Config } from "./config/config.ts";
import type { SideMediaConfig } from "./config/media-config.ts";
import { passes, rejects, type Step } from "./filter/filter.ts";
import { rejectReasons } from "./reasons.ts";
import type { MediaSubject } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

type SideMedia = Pick<SideMediaConfig, "srtp" | "suites">;

/** Is what a session description asks for allowed on its side? */
export function mediaRule(config: Config): (subject: MediaSubject) => Verdict {
  const trunks = new Map(config.trunks.map((trunk) => [trunk.name, trunk.media]));
  const unknownTrunk = rejects("media", "unknown-trunk", "no such trunk");
  return (subject) => {
    const side = sideMedia(config, trunks, subject);
    return verdictOf(side === undefined ? unknownTrunk : judge(side, subject));
  };
}

function sideMedia(
  config: Config,
  trunks: ReadonlyMap<string, SideMedia>,
  subject: MediaSubject,
): SideMedia | undefined {
  if (subject.side === "phone") return config.phones.media;
  return subject.side === "core" ? config.core.media : trunks.get(subject.trunk ?? "");
}

const fine = passes("media", "the offered media are allowed on this side");
const required = rejects("media", "srtp-required", "plain RTP where SRTP is required", "media.srtp");
const notAllowed = rejects("media", "srtp-not-allowed", "SRTP where it is off", "media.srtp");
const noSuite = rejects("media", "srtp-suite", "no offered suite is allowed", "media.suites");

function judge({ srtp, suites }: SideMedia, subject: MediaSubject): Step {
  if (subject.profile === "rtp") return srtp === "required" ? required : fine;
  if (srtp === "off") return notAllowed;
  return subject.suites.some((offered) => suites.some((suite) => suite === offered)) ? fine : noSuite;
}

function verdictOf({ trace, reason }: Step): Verdict {
  const chain = [trace];
  if (reason === undefined) return { action: "allow", emergency: false, chain };
  return { action: "reject", status: rejectReasons[reason].status, reason, rule: "media", chain };
}
