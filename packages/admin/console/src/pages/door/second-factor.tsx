/** The password was right: now a code, a passkey, or one of the codes on paper. */
import { useState } from "preact/hooks";
import type { SessionState } from "../../../../src/api/session.ts";
import { hasPasskeys, showPasskey } from "../../api/passkey.ts";
import { Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Trouble } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useAct } from "../../state/use-act.ts";
import type { DoorProperties } from "./door.tsx";

interface Properties extends DoorProperties {
  readonly session: Extract<SessionState, { stage: "second-factor" | "enrol" }>;
}

type Factor = (typeof order)[number];
const order = ["passkey", "totp", "recovery"] as const;
const names: Readonly<Record<Factor, string>> = {
  passkey: "Use a passkey",
  totp: "Use the authenticator",
  recovery: "Use a recovery code",
};

export function SecondFactor({ api, accept, session: { user, factors } }: Properties) {
  const offered = order.filter((factor) => factors.includes(factor) && (factor !== "passkey" || hasPasskeys()));
  const [chosen, setChosen] = useState<Factor>(offered[0] ?? "recovery");
  const start = useAct();
  const startAgain = () =>
    start.run(async () => {
      await api.send("DELETE", "/session", {});
      accept(await api.get("/session", {}));
    });
  const Step = steps[chosen];
  return (
    <Page title="Second step" about={`Signing in as ${user}.`}>
      <Step api={api} accept={accept} />
      <div class="buttons">
        {offered
          .filter((factor) => factor !== chosen)
          .map((factor) => (
            <button key={factor} type="button" onClick={() => setChosen(factor)}>
              {names[factor]}
            </button>
          ))}
        <button type="button" onClick={startAgain}>
          Start again
        </button>
      </div>
      <Trouble error={start.error} />
    </Page>
  );
}

const steps = { passkey: PasskeyStep, totp: CodeStep, recovery: RecoveryStep };

function PasskeyStep({ api, accept }: DoorProperties) {
  const act = useAct();
  const show = () =>
    act.run(async () => {
      const { options } = await api.send("POST", "/session/passkey/options", {});
      const credential = await showPasskey(options);
      accept(await api.send("POST", "/session/passkey", { body: { credential } }));
    });
  return (
    <Form act={act} submit="Show the passkey" onSubmit={show}>
      <p>The browser asks for the passkey that you made for this address.</p>
    </Form>
  );
}

function CodeStep({ api, accept }: DoorProperties) {
  const [code, setCode] = useState("");
  const act = useAct();
  const send = () => act.run(async () => accept(await api.send("POST", "/session/totp", { body: { code } })));
  return (
    <Form act={act} submit="Sign in" onSubmit={send}>
      <Field
        label="Code"
        hint="The six digits that your authenticator shows now."
        value={code}
        onValue={(value) => setCode(value.trim())}
        required
        numeric
        maxLength={6}
        autocomplete="one-time-code"
      />
    </Form>
  );
}

function RecoveryStep({ api, accept }: DoorProperties) {
  const [code, setCode] = useState("");
  const act = useAct();
  const send = () => act.run(async () => accept(await api.send("POST", "/session/recovery", { body: { code } })));
  return (
    <Form act={act} submit="Sign in" onSubmit={send}>
      <Field label="Recovery code" hint="Each holds once." value={code} onValue={setCode} required />
    </Form>
  );
}
