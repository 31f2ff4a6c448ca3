/** One call: its legs, its messages as they cross, and how it sounds. Messages of a call that is over are kept for a while. */
import type { Call } from "../../../../src/api/calls.ts";
import { Facts } from "../../parts/facts.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { linkTo } from "../../router.ts";
import { useMay } from "../../state/desk.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { useNow } from "../../state/use-now.ts";
import { measured } from "../../text/number.ts";
import { duration, moment } from "../../text/time.ts";
import { LadderSection } from "./ladder.tsx";
import { Mark } from "./mark.tsx";
import { Quality } from "./quality.tsx";

export function OneCall({ id }: { readonly id: string }) {
  const { value, error, again } = useAnswer("/calls/:id", { params: { id } }, { everyMs: 5_000, on: "call" });
  const maySeeMessages = useMay("operator");
  const over = error?.status === 404;
  return (
    <Page title="One call" about={<a href={linkTo("calls")}>All calls</a>}>
      {over && (
        <Empty title="This call is over.">
          What is left of it is in its <a href={linkTo("records", [], { number: id })}>record</a>.
        </Empty>
      )}
      {!over && <Trouble error={error} again={again} />}
      {value === undefined && error === undefined && <Waiting what="the call" />}
      {value !== undefined && <Parties call={value} over={over} />}
      {maySeeMessages && <LadderSection id={id} />}
      {(value !== undefined || over) && <Quality id={id} />}
    </Page>
  );
}

function Parties({ call, over }: { readonly call: Call; readonly over: boolean }) {
  const now = useNow();
  const { from, to, state, since, answeredAt, decision, emergency } = call;
  const word = over ? "over" : state === "up" ? "talking" : "ringing";
  return (
    <div class="columns three">
      <Section title="The call">
        <div class="panel">
          <Facts
            facts={[
              ["From", <Peer key="from" text={from} />],
              ["To", <Peer key="to" text={to} />],
              [
                "State",
                <span key="state">
                  <State kind={word === "talking" ? "good" : "quiet"}>{word}</State>
                  {!over && ` for ${duration(now - (answeredAt ?? since))}`}
                  {emergency && ", an emergency call"}
                </span>,
              ],
              ["Since", moment(since)],
              ["Sound", <Mark key="sound" call={call} />],
              [
                "Let in by",
                <a key="decision" href={linkTo("explain", [decision])}>
                  decision {decision}
                </a>,
              ],
            ]}
          />
        </div>
      </Section>
      <Leg title="The caller's side" leg={call.a} />
      <Leg title="The called side" leg={call.b} />
    </div>
  );
}

function Leg({ title, leg }: { readonly title: string; readonly leg: Call["a"] }) {
  const { side, transport, source, account, trunk, sound } = leg;
  return (
    <Section title={title}>
      <div class="panel">
        <Facts
          facts={[
            ["Who", trunk ?? account ?? (side === "core" ? "the PBX" : side)],
            ["Signalling", `${transport}, ${source}`],
            ...(sound === null
              ? [["Sound", "none yet"] as const]
              : ([
                  ["Codec", sound.codec ?? "–"],
                  [
                    "Encryption",
                    sound.suite === null ? (
                      <State kind="warn">plain RTP</State>
                    ) : (
                      <State kind="good">{sound.suite}</State>
                    ),
                  ],
                  [
                    "It sends",
                    `${sound.packets} packets, ${measured(sound.lost, 0)} lost, jitter ${measured(sound.jitterMs, 1, " ms")}`,
                  ],
                  [
                    "It hears",
                    `MOS ${measured(sound.heardMos, 1)}, loss ${measured(sound.heardLoss === null ? null : sound.heardLoss * 100, 1, " %")}, jitter ${measured(sound.heardJitterMs, 1, " ms")}`,
                  ],
                ] as const)),
          ]}
        />
      </div>
    </Section>
  );
}
