/** A button whose act is asked about once more, with what it will do said in a sentence. */
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { useAct } from "../state/use-act.ts";
import { Trouble } from "./notice.tsx";

interface Properties {
  readonly label: string;
  /** For those who hear the page: what it is about, when many rows have the same button. */
  readonly about?: string;
  readonly title: string;
  readonly children: ComponentChildren;
  readonly work: () => Promise<unknown>;
  readonly onDone?: () => void;
  readonly danger?: boolean;
}

export function Confirm({ label, about, title, children, work, onDone, danger = false }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const act = useAct();
  const carryOut = async (): Promise<void> => {
    if (!(await act.run(work))) return;
    dialog.current?.close();
    onDone?.();
  };
  return (
    <>
      <button
        type="button"
        class={danger ? "danger" : undefined}
        aria-label={about === undefined ? undefined : `${label} ${about}`}
        onClick={() => dialog.current?.showModal()}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={heading}>
        <h2 id={heading}>{title}</h2>
        <div class="said">{children}</div>
        <Trouble error={act.error} />
        <div class="buttons">
          <button type="button" class={danger ? "primary danger" : "primary"} disabled={act.busy} onClick={carryOut}>
            {act.busy ? "One moment …" : label}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
        </div>
      </dialog>
    </>
  );
}
