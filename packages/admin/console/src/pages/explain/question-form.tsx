/** A call that nobody makes: who, to whom, from where. */
import { useState } from "preact/hooks";
import type { Explained } from "../../../../src/api/defence.ts";
import { Choice, Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Section } from "../../parts/page.tsx";
import { useDesk } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { Chain } from "./chain.tsx";

const transports = [
  ["tls", "TLS"],
  ["wss", "WebSocket (TLS)"],
  ["tcp", "TCP"],
  ["udp", "UDP"],
  ["ws", "WebSocket"],
] as const;

export function QuestionForm() {
  const { api, overview } = useDesk();
  const [to, setTo] = useState("");
  const [from, setFrom] = useState("");
  const [source, setSource] = useState("");
  const [through, setThrough] = useState("");
  const [transport, setTransport] = useState<(typeof transports)[number][0]>("tls");
  const [explained, setExplained] = useState<Explained>();
  const act = useAct();
  const ask = () =>
    act.run(async () => {
      const given = { ...(from && { from }), ...(source && { source }), ...(through && { through }) };
      setExplained(await api.send("POST", "/explain", { body: { to, transport, ...given } }));
    });
  const trunks = overview?.trunks.map(({ name }) => [name, name] as const) ?? [];
  return (
    <>
      <Form row act={act} submit="Ask" onSubmit={ask}>
        <Field label="Number or extension called" value={to} onValue={setTo} required placeholder="+4930123456" />
        <Field
          label="Account that calls"
          hint="Empty: nobody registered."
          value={from}
          onValue={setFrom}
          placeholder="1001"
        />
        <Field
          label="Source address"
          hint="Empty: somewhere outside."
          value={source}
          onValue={setSource}
          placeholder="198.51.100.7"
        />
        <Choice label="Over" value={transport} choices={transports} onValue={setTransport} />
        {trunks.length > 0 && (
          <Choice
            label="Sent by the PBX to"
            value={through}
            choices={[["", "not by the PBX"], ...trunks]}
            onValue={setThrough}
          />
        )}
      </Form>
      {explained !== undefined && (
        <Section title="The answer">
          <Chain explained={explained} />
        </Section>
      )}
    </>
  );
}
