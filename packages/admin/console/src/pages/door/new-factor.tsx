/** What a new user proves to be themselves by, beside the password. */
import { useState } from "preact/hooks";
import type { Api } from "../../api/api.ts";
import { hasPasskeys, makePasskey } from "../../api/passkey.ts";
import type { AnswerTo } from "../../api/questions.ts";
import { Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Trouble } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { QrCode } from "../../parts/qr-code.tsx";
import { useAct } from "../../state/use-act.ts";
import type { Enrolled } from "./enrolment.tsx";

interface Properties {
  readonly api: Api;
  readonly begun: AnswerTo<"POST", "/enrol">;
  readonly onEnrolled: (enrolled: Enrolled) => void;
}

export function NewFactor({ api, begun, onEnrolled }: Properties) {
  const [code, setCode] = useState("");
  const [act, passkeyAct] = [useAct(), useAct()];
  const send = () => act.run(async () => onEnrolled(await api.send("POST", "/enrol/totp", { body: { code } })));
  const make = () =>
    passkeyAct.run(async () => {
      const { options } = await api.send("POST", "/enrol/passkey/options", {});
      const credential = await makePasskey(options);
      onEnrolled(await api.send("POST", "/enrol/passkey", { body: { credential } }));
    });
  const { secret, uri } = begun.totp;
  return (
    <Page title="A second factor" about="A password alone can be read over a shoulder. Choose what comes beside it.">
      <section class="panel" aria-label="Authenticator">
        <h2>An authenticator app</h2>
        <p>Scan this with the app, or type the secret into it, and enter the code that it shows.</p>
        <QrCode text={uri} label="QR code with the secret for the authenticator" />
        <p>
          <code class="peer">{secret.replace(/(.{4})/g, "$1 ").trim()}</code>
        </p>
        <Form act={act} submit="Finish" onSubmit={send}>
          <Field
            label="Code"
            value={code}
            onValue={(value) => setCode(value.trim())}
            required
            numeric
            maxLength={6}
            autocomplete="one-time-code"
          />
        </Form>
      </section>
      {begun.passkey && hasPasskeys() && (
        <section class="panel" aria-label="Passkey">
          <h2>A passkey</h2>
          <p>The key stays in this device or in your key store, and holds for this address only.</p>
          <div class="buttons">
            <button type="button" onClick={make} disabled={passkeyAct.busy}>
              Make a passkey
            </button>
          </div>
          <Trouble error={passkeyAct.error} />
        </section>
      )}
    </Page>
  );
}
