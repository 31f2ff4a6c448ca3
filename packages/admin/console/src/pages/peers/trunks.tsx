/** The carriers and the PBX: who answers now, and how it has been. */
import type { Pbx, Trunk } from "../../../../src/api/peers.ts";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State, type StateKind } from "../../parts/state.tsx";
import { linkTo } from "../../router.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { many } from "../../text/number.ts";
import { moment } from "../../text/time.ts";
import { HealthStrip } from "./health-strip.tsx";

export function Trunks() {
  const trunks = useAnswer("/trunks", {}, { everyMs: 5_000 });
  const pbx = useAnswer("/pbx", {}, { everyMs: 5_000 });
  return (
    <Page title="Trunks" about="Carriers and the PBX. A host is asked with OPTIONS, and judged by whether it answers.">
      <Trouble error={trunks.error ?? pbx.error} again={trunks.again} />
      {trunks.value === undefined && trunks.error === undefined && <Waiting what="the trunks" />}
      {trunks.value?.items.length === 0 && (
        <Empty title="No trunk is configured.">
          Add one under <code>trunks</code> in the <a href={linkTo("config")}>configuration</a> to reach a carrier.
        </Empty>
      )}
      {trunks.value?.items.map((trunk) => (
        <OneTrunk key={trunk.name} trunk={trunk} />
      ))}
      {pbx.value !== undefined && <ThePbx pbx={pbx.value} />}
    </Page>
  );
}

const hostStates: Readonly<Record<Trunk["hosts"][number]["state"], readonly [StateKind, string]>> = {
  up: ["good", "up"],
  down: ["bad", "down"],
  unknown: ["quiet", "not known yet"],
};

function OneTrunk({ trunk: { name, calls, registration, hosts } }: { readonly trunk: Trunk }) {
  return (
    <Section title={name} about={many(calls, "call")}>
      <div class="panel">
        {registration !== null && <Registered registration={registration} />}
        {hosts.length === 0 && <State kind="bad">no host was found in DNS</State>}
        {hosts.map(({ place, state, changes }) => {
          const [kind, word] = hostStates[state];
          const last = changes.at(-1);
          return (
            <div class="host" key={place}>
              <span>
                <span class="code">{place}</span> <State kind={kind}>{word}</State>
                {last !== undefined && <span class="quiet"> since {moment(last.at)}</span>}
              </span>
              <HealthStrip changes={changes} now={state} label={`How ${place} has been in the last hour`} />
            </div>
          );
        })}
      </div>
    </Section>
  );
}

function Registered({
  registration: { state, reason },
}: {
  readonly registration: NonNullable<Trunk["registration"]>;
}) {
  const kinds = { registered: "good", trying: "warn", failed: "bad" } as const;
  return (
    <p>
      Our registration with it: <State kind={kinds[state]}>{state}</State>
      {reason !== null && (
        <>
          , <Peer text={reason} />
        </>
      )}
    </p>
  );
}

function ThePbx({ pbx: { address, reachable, silence, nodes } }: { readonly pbx: Pbx }) {
  return (
    <Section title="The PBX" about={<span class="code">{address}</span>}>
      <div class="panel">
        <p>
          {reachable === null && <State kind="quiet">not known yet</State>}
          {reachable === true && <State kind="good">answers</State>}
          {reachable === false && silence !== "banned" && <State kind="bad">does not answer</State>}
          {reachable === false && silence === "banned" && (
            <>
              <State kind="bad">has probably banned this machine</State> Put the address of{" "}
              <code>core.phones_from</code> on its white list.
            </>
          )}
        </p>
        {nodes.length > 1 && (
          <ul class="lines">
            {nodes.map((node) => (
              <li key={node.address}>
                <span class="code">{node.address}</span>{" "}
                <State kind={node.up === null ? "quiet" : node.up ? "good" : "bad"}>
                  {node.up === null ? "not known yet" : node.up ? "up" : "down"}
                </State>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}
