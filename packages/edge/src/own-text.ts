/** Texts that outlive the message they came in: a part of a string keeps the whole of it in memory, and that is the message. */
import type { Dialog } from "@ringfence/sip";

/** The same text as a string of its own. */
export function ownText<T extends string | undefined>(text: T): T {
  return (text === undefined ? undefined : Buffer.from(text, "utf8").toString("utf8")) as T;
}

/** For as long as a call lasts. */
export function ownDialog(dialog: Dialog): Dialog {
  const { callId, localTag, remoteTag, localUri, remoteUri, remoteTarget, routeSet } = dialog;
  return {
    ...dialog,
    callId: ownText(callId),
    localTag: ownText(localTag),
    remoteTag: ownText(remoteTag),
    localUri: ownText(localUri),
    remoteUri: ownText(remoteUri),
    remoteTarget: ownText(remoteTarget),
    routeSet: routeSet.map(ownText),
  };
}
