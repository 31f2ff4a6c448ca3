/** The messages of one call as arrows between those who sent and took them; one of them as it was on the wire. */
import { useState } from "preact/hooks";
import type { Ladder } from "../../../../src/api/calls.ts";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { useAnswer } from "../../state/use-answer.ts";
import { many } from "../../text/number.ts";
import { fineClock } from "../../text/time.ts";
import { visible, visibleLines } from "../../text/visible.ts";

export function LadderSection({ id }: { readonly id: string }) {
  const { value, error, again } = useAnswer("/calls/:id/ladder", { params: { id } }, { everyMs: 5_000, on: "call" });
  return (
    <Section title="Messages" about="As they crossed Ringfence's sockets. Choose one to read it.">
      {error?.status === 404 ? (
        <Empty title="Its messages are not kept any more." />
      ) : (
        <Trouble error={error} again={again} />
      )}
      {value === undefined ? error === undefined && <Waiting what="the messages" /> : <Steps ladder={value} />}
    </Section>
  );
}

type Message = Ladder["messages"][number];

function Steps({ ladder: { parties, messages, dropped } }: { readonly ladder: Ladder }) {
  const [chosen, setChosen] = useState<number>();
  if (messages.length === 0) return <Empty title="No message yet." />;
  const shown = chosen === undefined ? undefined : messages[chosen];
  return (
    <div class="ladder-box">
      <div class="ladder" style={{ "--columns": String(parties.length) }}>
        <div class="ladder-heads" aria-hidden="true">
          {parties.map(({ name, address }) => (
            <span key={`${name} ${address}`}>
              {visible(name)} <span class="quiet code">{visible(address)}</span>
            </span>
          ))}
        </div>
        <ol>
          {messages.map((message, index) => (
            <li key={`${message.at} ${index}`}>
              <button
                type="button"
                class="step"
                aria-pressed={index === chosen}
                onClick={() => setChosen(index === chosen ? undefined : index)}
              >
                <span class="step-time code">{fineClock(message.at)}</span>
                <Arrow message={message} parties={parties} />
              </button>
            </li>
          ))}
        </ol>
        {dropped > 0 && <p class="quiet">{many(dropped, "older message")} were not kept.</p>}
      </div>
      {shown !== undefined && (
        <section class="wire" aria-label="The chosen message">
          <pre>{visibleLines(shown.text)}</pre>
        </section>
      )}
    </div>
  );
}

interface ArrowProperties {
  readonly message: Message;
  readonly parties: Ladder["parties"];
}

function Arrow({ message: { from, to, title, sdp, transport }, parties }: ArrowProperties) {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  const name = (place: number): string => visible(parties[place]?.name ?? "");
  return (
    <span class="lanes">
      {/* From the middle of one column to the middle of the other: each column has two halves. */}
      <span
        class={from < to ? "arrow right" : "arrow left"}
        style={{ gridColumn: `${first * 2 + 2} / ${last * 2 + 2}` }}
      >
        {visible(title)}
        <span class="unseen">{` from ${name(from)} to ${name(to)} over ${transport}`}</span>
        {sdp !== "" && <small class="quiet"> {visible(sdp)}</small>}
      </span>
    </span>
  );
}
