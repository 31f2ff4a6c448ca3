import { mayGoAbroad } from "../number/abroad.ts";
import type { DialledNumber } from "../number/dialled.ts";
import type { TargetUri } from "../policy.ts";
import type { SignalSubject } from "../subject.ts";
import { accountPayer } from "../use/ledger.ts";
import type { UseBook } from "../use/use-book.ts";
import { isEmergencyTransfer } from "./destination.ts";
import { type Filter, looksOn, opensDialog, passes, rejects, type Step } from "./filter.ts";

const notAsked = passes("international", "the request calls nobody for an account");
const spared = passes("international", "an emergency call: wherever it goes");
const free = passes("international", "the account may call abroad");
const home = passes("international", "not a number abroad");
const key = "policy.accounts.NAME.international";
const barred = rejects("international", "international-barred", "the account may not call abroad", key);
const looked = looksOn(barred, passes("international", "the rule is not acted on"));

/** Whether an account may have a number called: of the account that a phone registered, whatever the number may be read as. */
export function internationalRule(
  book: UseBook,
  country: string | undefined,
): (account: string, number: DialledNumber) => Step {
  return (account, number) => {
    const { international, inShadow } = book.rulesOf(accountPayer(account));
    if (international) return free;
    if (!mayGoAbroad(number, country)) return home;
    return inShadow ? looked : barred;
  };
}

/** Asked for calls of phones and for what one would have the PBX call by REFER. */
export function internationalFilter(
  judge: ReturnType<typeof internationalRule>,
  isEmergency: (uri: TargetUri) => boolean,
): Filter {
  return (subject, { emergency }) => {
    const { account, number } = subject;
    if (!asked(subject) || account === undefined || number === undefined) return notAsked;
    if (emergency || isEmergencyTransfer(subject, number, isEmergency)) return spared;
    return judge(account, number);
  };
}

function asked(subject: SignalSubject): boolean {
  return subject.side === "phone" && (opensDialog(subject) || subject.method === "REFER");
}
