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

function Steps({ ladder: { columns, messages, left } }: { readonly ladder: Ladder }) {
  const [chosen, setChosen] = useState<number>();
  if (messages.length === 0) return <Empty title="No message yet." />;
  const places = new Map(columns.map(({ id }, index) => [id, index]));
  const shown = chosen === undefined ? undefined : messages[chosen];
  return (
    <div class="ladder-box">
      <div class="ladder" style={{ "--columns": String(columns.length) }}>
        <div class="ladder-heads" aria-hidden="true">
          {columns.map(({ id, label }) => (
            <span key={id}>{visible(label)}</span>
          ))}
        </div>
        <ol>
          {messages.map((message, index) => (
            <li key={`${message.at} ${index}`}>
              <button
                type="button"
                class="step"
                aria-pressed={index === chosen}
                aria-label={words(message, columns)}
                onClick={() => setChosen(index === chosen ? undefined : index)}
              >
                <span class="step-time code">{fineClock(message.at)}</span>
                <Arrow message={message} places={places} />
              </button>
            </li>
          ))}
        </ol>
        {left > 0 && <p class="quiet">{many(left, "message")} more were not kept.</p>}
      </div>
      {shown !== undefined && (
        <section class="wire" aria-label="The chosen message">
          <pre>{visibleLines(shown.text)}</pre>
        </section>
      )}
    </div>
  );
}

function words({ at, from, to, title, transport }: Message, columns: Ladder["columns"]): string {
  const name = (id: string): string => visible(columns.find((column) => column.id === id)?.label ?? id);
  return `${fineClock(at)} ${visible(title)} from ${name(from)} to ${name(to)} over ${transport}`;
}

function Arrow({ message, places }: { readonly message: Message; readonly places: ReadonlyMap<string, number> }) {
  const [from, to] = [places.get(message.from) ?? 0, places.get(message.to) ?? 0];
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  // From the middle of one column to the middle of the other: each column has two halves.
  const style = { gridColumn: `${first * 2 + 2} / ${last * 2 + 2}` };
  return (
    <span class="lanes">
      <span class={from < to ? "arrow right" : "arrow left"} style={style}>
        {visible(message.title)}
      </span>
    </span>
  );
}
