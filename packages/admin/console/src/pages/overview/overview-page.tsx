/** How it goes: health in words, the numbers of now, their last hour, and what happens. */
import type { Overview } from "../../../../src/api/overview.ts";
import { Facts } from "../../parts/facts.tsx";
import { Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { useDesk } from "../../state/desk.ts";
import { many } from "../../text/number.ts";
import { duration, moment } from "../../text/time.ts";
import { Figures } from "./figures.tsx";
import { Happenings } from "./happenings.tsx";
import { Health } from "./health.tsx";

export function OverviewPage() {
  const { overview } = useDesk();
  if (overview === undefined) {
    return (
      <Page title="Overview">
        <Waiting what="the numbers of now" />
      </Page>
    );
  }
  return (
    <Page title="Overview" about={sentence(overview)}>
      <Health overview={overview} />
      <Figures overview={overview} />
      <div class="columns">
        <Section title="Peers">
          <div class="panel">
            <Peers overview={overview} />
          </div>
        </Section>
        <Section title="Service">
          <div class="panel">
            <Service overview={overview} />
          </div>
        </Section>
      </div>
      <Happenings />
    </Page>
  );
}

function sentence({ calls, registrations, demo, uptimeSeconds }: Overview): string {
  const what = `${many(calls, "call")}, ${many(registrations, "registration")}`;
  return `${what}; up for ${duration(uptimeSeconds * 1_000)}${demo ? "; this is the demo" : ""}.`;
}

function Peers({ overview: { pbx, trunks } }: { readonly overview: Overview }) {
  const trunkFacts = trunks.map(
    ({ name, up, hosts, calls }) =>
      [
        name,
        <span key={name}>
          <State kind={up === 0 ? "bad" : up < hosts ? "warn" : "good"}>
            {up} of {many(hosts, "host")} up
          </State>
          , {many(calls, "call")}
        </span>,
      ] as const,
  );
  return (
    <Facts
      facts={[
        [
          "PBX",
          <span key="pbx">
            {pbx.reachable === true && <State kind="good">answers</State>}
            {pbx.reachable === null && <State kind="quiet">not known yet</State>}
            {pbx.reachable === false && (
              <State kind="bad">{pbx.silence === "banned" ? "has probably banned us" : "does not answer"}</State>
            )}{" "}
            <span class="quiet code">{pbx.address}</span>
          </span>,
        ],
        ...trunkFacts,
        ...(trunks.length === 0 ? [["Trunks", <span class="quiet">none configured</span>] as const] : []),
      ]}
    />
  );
}

const levels = [
  "nobody is refused",
  "strangers are refused",
  "new calls are refused",
  "only proven phones are heard",
] as const;

function Service({ overview }: { readonly overview: Overview }) {
  const { config, load, media, trust, connections } = overview;
  const last = config.lastReload;
  return (
    <Facts
      facts={[
        [
          "Load",
          <span key="load">
            <State kind={load.level === 0 ? "good" : "bad"}>{levels[load.level] ?? "overloaded"}</State>
            <span class="quiet">, {load.lagMs.toFixed(1)} ms late</span>
          </span>,
        ],
        [
          "Configuration",
          <span key="config">
            generation {config.generation}
            {last !== null && (
              <span class="quiet">
                , last reload {last.outcome} {moment(last.at)}
              </span>
            )}
          </span>,
        ],
        ["Media", `${media.engine}, ${many(media.portsInUse, "port")} in use, ${media.portsFree} free`],
        ["Trust", `${trust.proven} proven, ${trust.registered} registered, ${many(connections, "connection")}`],
      ]}
    />
  );
}
