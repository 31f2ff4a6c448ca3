/** What every page may ask for: the API, what is live, who is signed in. */
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { LiveEvents, Overview } from "../../../src/api/overview.ts";
import type { Role } from "../../../src/api/role.ts";
import type { SessionState } from "../../../src/api/session.ts";
import type { Api } from "../api/api.ts";
import type { Live, LiveKind, LiveState } from "../api/live.ts";

export type SignedIn = Extract<SessionState, { stage: "signed-in" }>;

export interface Desk {
  readonly api: Api;
  readonly live: Live;
  readonly session: SignedIn;
  /** Of the last tick; undefined before the first one. */
  readonly overview: Overview | undefined;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error("a page stands outside of the desk");
  return desk;
}

const ranks: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Whether this role may do what that one may. The API decides; this spares a person what would be refused. */
export function mayAct(who: Role, needed: Role): boolean {
  return ranks[who] >= ranks[needed];
}

export function useMay(needed: Role): boolean {
  return mayAct(useDesk().session.role, needed);
}

/** The listener may change with every drawing; the last one is told. */
export function useLive<K extends LiveKind>(kind: K, listener: (data: LiveEvents[K]) => void): void {
  const { live } = useDesk();
  const last = useRef(listener);
  last.current = listener;
  useEffect(() => live.on(kind, (data) => last.current(data)), [live, kind]);
}

export function useLiveState(): LiveState {
  const { live } = useDesk();
  const [state, setState] = useState(live.state);
  useEffect(() => {
    setState(live.state);
    return live.watch(() => setState(live.state));
  }, [live]);
  return state;
}
