/** What somebody sees who is not signed in yet: the way in, step by step. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { SessionState } from "../../../../src/api/session.ts";
import type { Api } from "../../api/api.ts";
import { Brand } from "../../parts/brand.tsx";
import { Enrolment } from "./enrolment.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { SignIn } from "./sign-in.tsx";

export interface DoorProperties {
  readonly api: Api;
  readonly accept: (state: SessionState) => void;
}

interface Properties extends DoorProperties {
  readonly session: Exclude<SessionState, { stage: "signed-in" }>;
  readonly children?: ComponentChildren;
}

export function Door({ api, session, accept, children }: Properties) {
  const [invited, setInvited] = useState(false);
  const enrolling = session.stage === "enrol" || (session.stage === "signed-out" && (session.canEnrol || invited));
  const step = () => {
    if (enrolling)
      return <Enrolment api={api} accept={accept} first={session.stage === "signed-out" && session.canEnrol} />;
    if (session.stage === "second-factor") return <SecondFactor api={api} accept={accept} session={session} />;
    return <SignIn api={api} accept={accept} onInvited={() => setInvited(true)} />;
  };
  return (
    <main class="alone">
      <p class="brand">
        <Brand />
      </p>
      {children}
      {step()}
    </main>
  );
}
