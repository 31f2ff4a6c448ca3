/** What may be written, below the place where it would stand. */
import type { Suggestion } from "../../yaml/completion.ts";

interface Properties {
  readonly id: string;
  readonly text: string;
  /** Where what was typed begins. */
  readonly from: number;
  readonly suggestions: readonly Suggestion[];
  readonly chosen: number;
  readonly onTake: (suggestion: Suggestion) => void;
}

export function Suggestions({ id, text, from, suggestions, chosen, onTake }: Properties) {
  const before = text.slice(0, from).split("\n");
  const place = { "--line": String(before.length), "--column": String(before.at(-1)?.length ?? 0) };
  return (
    <div class="suggestions" id={id} role="listbox" aria-label="What may be written here" style={place}>
      {suggestions.map((suggestion, index) => (
        // The keys are the text field's, which keeps the focus.
        <div
          key={suggestion.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          tabIndex={-1}
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(suggestion);
          }}
        >
          <code>{suggestion.text}</code>
          <span class="quiet">{suggestion.about}</span>
        </div>
      ))}
    </div>
  );
}
