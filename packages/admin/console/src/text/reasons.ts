/** Reasons from closed lists, as people say them; one that is not known here is shown as it is. */

const bans: Readonly<Record<string, string>> = {
  "wrong-passwords": "wrong passwords",
  scanner: "a scanner",
  malformed: "unreadable messages",
  enumeration: "tried many accounts",
  "refused-destinations": "dialled what is forbidden, again and again",
  "by-hand": "by hand",
};

export function banReason(reason: string): string {
  return bans[reason] ?? reason;
}

const actions = { allow: "let through", reject: "refused", drop: "not answered", end: "ended" } as const;

export function decided(action: keyof typeof actions): string {
  return actions[action];
}
