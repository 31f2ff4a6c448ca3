/** A new user: a code from the machine or an invitation, a password, a second factor, and codes for the day it is lost. */
import { useState } from "preact/hooks";
import type { AnswerTo } from "../../api/questions.ts";
import { Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Page } from "../../parts/page.tsx";
import { useAct } from "../../state/use-act.ts";
import type { DoorProperties } from "./door.tsx";
import { NewFactor } from "./new-factor.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";

type Begun = AnswerTo<"POST", "/enrol">;
export type Enrolled = AnswerTo<"POST", "/enrol/totp">;

/** @param first nobody can sign in yet, and this browser is on the machine itself */
export function Enrolment({ api, accept, first }: DoorProperties & { readonly first: boolean }) {
  const [begun, setBegun] = useState<Begun>();
  const [enrolled, setEnrolled] = useState<Enrolled>();
  if (enrolled !== undefined) {
    return <RecoveryCodes codes={enrolled.recoveryCodes} onKept={() => accept(enrolled.state)} />;
  }
  if (begun !== undefined) return <NewFactor api={api} begun={begun} onEnrolled={setEnrolled} />;
  const onBegun = (answer: Begun): void => {
    if (answer.state.stage !== "signed-out") api.csrf = answer.state.csrf;
    setBegun(answer);
  };
  return <Beginning api={api} first={first} onBegun={onBegun} />;
}

interface BeginningProperties extends Pick<DoorProperties, "api"> {
  readonly first: boolean;
  readonly onBegun: (answer: Begun) => void;
}

function Beginning({ api, first, onBegun }: BeginningProperties) {
  const [code, setCode] = useState("");
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const act = useAct();
  const begin = () =>
    act.run(async () => onBegun(await api.send("POST", "/enrol", { body: { code, user, password } })));
  return (
    <Page
      title={first ? "Welcome" : "Take the invitation"}
      about={
        first
          ? "Nobody can sign in yet. The first user becomes an administrator."
          : "Whoever invited you has given you a code and a user name."
      }
    >
      <Form act={act} submit="Go on" onSubmit={begin}>
        <Field
          label="Code"
          hint={
            first ? (
              <>
                A terminal on this machine prints it: <code>./ringfence admin enrol</code>
              </>
            ) : (
              "It holds once."
            )
          }
          value={code}
          onValue={(value) => setCode(value.trim())}
          required
        />
        <Field
          label="User"
          hint="Lower case letters, digits, dots and dashes."
          value={user}
          onValue={setUser}
          required
          maxLength={32}
          autocomplete="username"
        />
        <Field
          label="Password"
          hint="At least twelve characters: a sentence is easier to keep than a riddle."
          type="password"
          value={password}
          onValue={setPassword}
          required
          autocomplete="new-password"
        />
      </Form>
    </Page>
  );
}
