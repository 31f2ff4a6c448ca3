/** A form whose answer the API gives: busy while it thinks, and the refusal below with its remedy. */
import type { ComponentChildren } from "preact";
import type { Act } from "../state/use-act.ts";
import { Trouble } from "./notice.tsx";

interface Properties {
  readonly act: Act;
  readonly submit: string;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
  /** Fields beside each other where there is room. */
  readonly row?: boolean;
  /** Buttons beside the one that sends. */
  readonly beside?: ComponentChildren;
}

export function Form({ act, submit, onSubmit, children, row = false, beside }: Properties) {
  return (
    <form
      class={row ? "form row" : "form"}
      onSubmit={(event) => {
        event.preventDefault();
        if (!act.busy) onSubmit();
      }}
    >
      {children}
      <div class="buttons">
        <button type="submit" class="primary" aria-disabled={act.busy}>
          {act.busy ? "One moment …" : submit}
        </button>
        {beside}
      </div>
      <Trouble error={act.error} />
    </form>
  );
}
