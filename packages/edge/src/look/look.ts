/** What there is at this moment, for people: made when somebody asks, and bounded as the tables are. */
import type { Millis } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { type AccountLook, accountLooks } from "./account-look.ts";
import { type CallLook, callLook, callLooks } from "./call-look.ts";
import { type RegistrationLook, registrationLooks } from "./registration-look.ts";

export interface Look {
  calls(): readonly CallLook[];
  call(id: string): CallLook | undefined;
  registrations(): readonly RegistrationLook[];
  accounts(): readonly AccountLook[];
}

export function lookAt(state: EdgeState, now: () => Millis): Look {
  return {
    calls: () => callLooks(state),
    call(id) {
      const call = state.calls.get(id);
      return call && callLook(state, call);
    },
    registrations: () => registrationLooks(state, now()),
    accounts: () => accountLooks(state, now()),
  };
}
