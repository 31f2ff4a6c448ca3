/** A text with line numbers, marks at lines that are wrong, and what may be written next. */
import { useId, useRef, useState } from "preact/hooks";
import { type Completion, complete, type Suggestion } from "../../yaml/completion.ts";
import type { Schema } from "../../yaml/schema.ts";
import { insertText, newLine } from "./insert-text.ts";
import { Suggestions } from "./suggestions.tsx";

interface Properties {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly schema: Schema;
  /** Line, from 1, and what is wrong with it. */
  readonly marks: ReadonlyMap<number, string>;
}

interface Offer extends Completion {
  readonly chosen: number;
}

const mostShown = 8;

export function Editor({ label, text, onText, schema, marks }: Properties) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [offer, setOffer] = useState<Offer>();
  const listId = useId();
  const lines = text.split("\n").length;

  const look = (): void => {
    const element = area.current;
    if (element === null) return;
    const found = complete(schema, element.value, element.selectionStart);
    const suggestions = found.suggestions.slice(0, mostShown);
    setOffer(suggestions.length === 0 ? undefined : { ...found, suggestions, chosen: 0 });
  };
  const take = (suggestion: Suggestion | undefined): void => {
    if (area.current === null || offer === undefined || suggestion === undefined) return;
    area.current.focus();
    area.current.setSelectionRange(offer.from, area.current.selectionStart);
    insertText(area.current, suggestion.insert);
    setOffer(undefined);
  };
  const onInput = (event: { readonly currentTarget: HTMLTextAreaElement }): void => {
    onText(event.currentTarget.value);
    const typed = event.currentTarget.value[event.currentTarget.selectionStart - 1] ?? "";
    if (/\w/.test(typed)) look();
    else setOffer(undefined);
  };
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): void => {
    const answer = offer === undefined ? closedKeys[event.key] : openKeys[event.key];
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      look();
    } else if (answer !== undefined && !event.ctrlKey && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      answer({ area: event.currentTarget, offer, setOffer, take });
    }
  };

  return (
    <div class="editor">
      <div class="numbers" aria-hidden="true">
        {Array.from({ length: lines }, (_, index) => (
          <span key={index + 1} class={marks.has(index + 1) ? "wrong" : undefined} title={marks.get(index + 1)}>
            {index + 1}
          </span>
        ))}
      </div>
      <div class="writing">
        <textarea
          ref={area}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={offer === undefined ? undefined : listId}
          aria-activedescendant={offer === undefined ? undefined : `${listId}-${offer.chosen}`}
          rows={lines}
          wrap="off"
          spellcheck={false}
          autocapitalize="off"
          value={text}
          onInput={onInput}
          onKeyDown={onKeyDown}
          onBlur={() => setOffer(undefined)}
        />
        {offer !== undefined && (
          <Suggestions
            id={listId}
            text={text}
            from={offer.from}
            suggestions={offer.suggestions}
            chosen={offer.chosen}
            onTake={take}
          />
        )}
      </div>
    </div>
  );
}

interface Pressed {
  readonly area: HTMLTextAreaElement;
  readonly offer: Offer | undefined;
  readonly setOffer: (offer: Offer | undefined) => void;
  readonly take: (suggestion: Suggestion | undefined) => void;
}

type Keys = Readonly<Record<string, (pressed: Pressed) => void>>;

/** The tabulator moves on, as everywhere: nobody is caught in the text. */
const closedKeys: Keys = { Enter: ({ area }) => insertText(area, newLine(area)) };

const takeChosen = ({ offer, take }: Pressed): void => take(offer?.suggestions[offer.chosen]);

const openKeys: Keys = {
  Enter: takeChosen,
  Tab: takeChosen,
  Escape: ({ setOffer }) => setOffer(undefined),
  ArrowDown: (pressed) => move(pressed, 1),
  ArrowUp: (pressed) => move(pressed, -1),
};

function move({ offer, setOffer }: Pressed, by: number): void {
  if (offer === undefined) return;
  const { length } = offer.suggestions;
  setOffer({ ...offer, chosen: (offer.chosen + by + length) % length });
}
