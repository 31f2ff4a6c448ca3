import { type Filter, opensDialog, passes, rejects } from "./filter.ts";

/** A suspended account calls nobody and writes nobody. It can be called, and an emergency call of it passes. */
export function suspensionFilter(): Filter {
  const notAsked = passes("suspension", "nothing that a suspended account may not do");
  const spared = passes("suspension", "an emergency call: suspended or not");
  const clear = passes("suspension", "the account is not suspended");
  const suspended = rejects("suspension", "account-suspended", "the account is suspended");
  return (subject, { emergency }) => {
    const { method, inDialog, load } = subject;
    if (subject.side !== "phone" || !(opensDialog(subject) || (method === "MESSAGE" && !inDialog))) return notAsked;
    if (emergency) return spared;
    return load.suspended === true ? suspended : clear;
  };
}
