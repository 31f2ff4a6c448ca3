/** Name and password. */
import { useState } from "preact/hooks";
import { Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Page } from "../../parts/page.tsx";
import { useAct } from "../../state/use-act.ts";
import type { DoorProperties } from "./door.tsx";

export function SignIn({ api, accept, onInvited }: DoorProperties & { readonly onInvited: () => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const act = useAct();
  const signIn = () =>
    act.run(async () => {
      const { state } = await api.send("POST", "/session", { body: { user, password } });
      accept(state);
    });
  const invited = (
    <button type="button" onClick={onInvited}>
      I have an invitation
    </button>
  );
  return (
    <Page title="Sign in">
      <Form act={act} submit="Go on" onSubmit={signIn} beside={invited}>
        <Field label="User" value={user} onValue={setUser} required autocomplete="username" />
        <Field
          label="Password"
          type="password"
          value={password}
          onValue={setPassword}
          required
          autocomplete="current-password"
        />
      </Form>
    </Page>
  );
}
