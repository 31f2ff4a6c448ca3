/** One question of a form: its name above, what helps below, and the value in a place that a thumb can hit. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FieldProperties {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "text" | "password" | "datetime-local";
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly autocomplete?: string;
  /** Digits alone: the keyboard of a phone shows them. */
  readonly numeric?: boolean;
  readonly maxLength?: number;
}

export function Field(properties: FieldProperties) {
  const { label, hint, value, onValue, type = "text", required = false, numeric = false } = properties;
  const [id, hintId] = [useId(), useId()];
  const input = {
    id,
    value,
    required,
    placeholder: properties.placeholder,
    autocomplete: properties.autocomplete ?? "off",
    inputMode: numeric ? ("numeric" as const) : undefined,
    maxLength: properties.maxLength,
    spellcheck: false,
    "aria-describedby": hint === undefined ? undefined : hintId,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === "text" && <input type="text" {...input} />}
      {type === "password" && <input type="password" {...input} />}
      {type === "datetime-local" && <input type="datetime-local" {...input} />}
      {hint !== undefined && (
        <small id={hintId} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}

interface ChoiceProperties<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [value: T, words: string])[];
  readonly onValue: (value: T) => void;
}

export function Choice<T extends string>({ label, value, choices, onValue }: ChoiceProperties<T>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => onValue(choices[event.currentTarget.selectedIndex]?.[0] ?? value)}
      >
        {choices.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
