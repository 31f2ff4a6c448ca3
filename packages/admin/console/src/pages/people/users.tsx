/** Who may sign in, and keys for programs. */
import { useState } from "preact/hooks";
import type { User } from "../../../../src/api/users.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Choice, Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useDesk } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { moment } from "../../text/time.ts";
import { Keys } from "./keys.tsx";
import { Once } from "./once.tsx";
import { roleChoices } from "./role-choices.ts";

interface Invitation {
  readonly name: string;
  readonly code: string;
  readonly until: number;
}

export function Users() {
  const { value, error, again } = useAnswer("/users", {});
  const [invitation, setInvitation] = useState<Invitation>();
  const onInvited = (made: Invitation): void => {
    setInvitation(made);
    again();
  };
  return (
    <Page
      title="Users and keys"
      about="A viewer sees; an operator also acts; an admin also changes the configuration, users and keys."
    >
      <Section title="Users">
        <Trouble error={error} again={again} />
        {invitation !== undefined && (
          <Once
            title={`The invitation of ${invitation.name}, until ${moment(invitation.until)}`}
            secret={invitation.code}
            onKept={() => setInvitation(undefined)}
          >
            Give it to {invitation.name} by another way than this network. On the sign-in page they choose “I have an
            invitation”.
          </Once>
        )}
        {value === undefined && error === undefined && <Waiting what="the users" />}
        {value !== undefined && (
          <Table caption="Users" columns={columnsOf(again, onInvited)} rows={value.items} keyOf={({ name }) => name} />
        )}
        <Invite onInvited={onInvited} />
      </Section>
      <Keys />
    </Page>
  );
}

function columnsOf(again: () => void, onInvited: (made: Invitation) => void): readonly Column<User>[] {
  return [
    { name: "User", cell: ({ name }) => name },
    { name: "Role", cell: ({ role }) => role },
    { name: "Proves it by", form: "wide", cell: (user) => <Factors user={user} /> },
    {
      name: "Signed in last",
      form: "brief",
      cell: ({ lastSignIn }) => (lastSignIn === null ? "never" : moment(lastSignIn)),
    },
    { name: "Act", form: "act", cell: ({ name }) => <UserActs name={name} again={again} onInvited={onInvited} /> },
  ];
}

function Factors({ user: { totp, passkeys, recoveryCodes, invitedUntil } }: { readonly user: User }) {
  if (invitedUntil !== null) return <State kind="warn">invited, until {moment(invitedUntil)}</State>;
  const factors = [
    totp ? "an authenticator" : "",
    passkeys > 0 ? `${passkeys} passkeys` : "",
    `${recoveryCodes} recovery codes`,
  ];
  return <>{factors.filter((factor) => factor !== "").join(", ")}</>;
}

interface ActsProperties {
  readonly name: string;
  readonly again: () => void;
  readonly onInvited: (made: Invitation) => void;
}

function UserActs({ name, again, onInvited }: ActsProperties) {
  const { api } = useDesk();
  const reset = async (): Promise<void> =>
    onInvited(await api.send("POST", "/users/:name/reset", { params: { name } }));
  return (
    <div class="buttons">
      <Confirm label="Reset" about={name} title={`Let ${name} begin anew?`} work={reset}>
        <p>
          Password, second factors and recovery codes are forgotten, sessions end, and a new invitation is shown once.
        </p>
      </Confirm>
      <Confirm
        label="Remove"
        about={name}
        title={`Let ${name} sign in no more?`}
        danger
        work={() => api.send("DELETE", "/users/:name", { params: { name } })}
        onDone={again}
      >
        <p>Their sessions end now. What they did stays in the audit log.</p>
      </Confirm>
    </div>
  );
}

function Invite({ onInvited }: { readonly onInvited: (made: Invitation) => void }) {
  const { api } = useDesk();
  const [name, setName] = useState("");
  const [role, setRole] = useState<User["role"]>("viewer");
  const act = useAct();
  const invite = async (): Promise<void> => {
    const done = await act.run(async () => onInvited(await api.send("POST", "/users", { body: { name, role } })));
    if (done) setName("");
  };
  return (
    <Form row act={act} submit="Invite" onSubmit={invite}>
      <Field
        label="Name"
        hint="Lower case letters, digits, dots, dashes."
        value={name}
        onValue={setName}
        required
        maxLength={32}
      />
      <Choice label="Role" value={role} choices={roleChoices} onValue={setRole} />
    </Form>
  );
}
