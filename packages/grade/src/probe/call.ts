/** Point 4 of a probe, with `--deep`: the sound of a call that the probe itself has made, and what somebody beside it could do to it. */
import type { Check, Point } from "../check.ts";
import type { CallSeen, GuestKind, ProbeFacts } from "./observed.ts";

export const call: Point<ProbeFacts> = {
  number: 4,
  name: "A call",
  checks: [
    {
      id: "probe-srtp-works",
      severity: "high",
      title: "A call is encrypted from end to end of the service",
      fix: "Switch SRTP on for phones.",
      where: "phones.media.srtp",
      look: ({ call: seen }) =>
        seen && (seen.encrypted.ok ? [] : [`a call with SRTP did not come to be: ${seen.encrypted.why}`]),
    },
    {
      id: "probe-srtp-optional",
      severity: "medium",
      title: "A call without encryption is not taken",
      fix: "Demand SRTP, once every phone can.",
      where: "phones.media.srtp",
      look: ({ call: seen }) => seen && (seen.plain.ok ? ["a call with plain RTP was taken, and heard"] : []),
    },
    {
      id: "probe-rtp-bleed",
      severity: "critical",
      title: "The sound of a call goes to its phones only",
      fix: "Learn where a stream comes from once, from the address that was signalled, and never again.",
      where: "media.learn",
      look: ({ call: seen }) => {
        if (seen?.guest === undefined) return undefined;
        return seen.guest.came === 0
          ? []
          : [`${seen.guest.came} packets of the call came to a socket that nobody named`];
      },
    },
    heard("probe-rtp-early", "high", "Who sends first does not own the call", "early", {
      fix: "Take sound from the place that was signalled, or from the first that proves itself by SRTP.",
      what: "sent before the phone did, from another socket",
    }),
    heard("probe-rtp-injection", "critical", "Nobody else speaks in a call", "late", {
      fix: "Take sound from the place that was learnt, and from no other.",
      what: "from another socket",
    }),
    heard("probe-srtp-clear", "critical", "Nothing in clear is heard in an encrypted call", "clear", {
      fix: "Drop what is no SRTP, from the first packet on.",
      what: "of plain RTP in a call with SRTP",
    }),
    heard("probe-srtp-tag", "critical", "A packet whose tag is wrong is not heard", "forged", {
      fix: "Check the tag of each packet before anything is done with it (RFC 3711 section 3.3).",
      what: "with a wrong tag",
    }),
  ],
};

function heard(
  id: string,
  severity: "critical" | "high",
  title: string,
  kind: GuestKind,
  rule: { readonly fix: string; readonly what: string },
): Check<ProbeFacts> {
  return {
    id,
    severity,
    title,
    fix: rule.fix,
    where: "media",
    look: ({ call: seen }) => seen && packetsOf(seen, kind, rule.what),
  };
}

/** Undefined: none of this kind was sent. */
function packetsOf({ guest }: CallSeen, kind: GuestKind, what: string): readonly string[] | undefined {
  const count = guest?.heard.get(kind);
  if (count === undefined) return undefined;
  return count === 0 ? [] : [`${count} packets ${what} were heard`];
}
