/** What went wrong with the remedy, what there is to know, and what to do where there is nothing. */
import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/api.ts";

interface NoticeProperties {
  readonly kind: "good" | "warn" | "bad" | "info";
  readonly title: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** What came of an act is said aloud; what stands there anyway is not. */
const roles = { good: "status", bad: "alert", warn: undefined, info: undefined } as const;

export function Notice({ kind, title, children, actions }: NoticeProperties) {
  return (
    <div class={`notice ${kind}`} role={roles[kind]}>
      <div>
        <strong>{title}</strong>
        {children !== undefined && <p>{children}</p>}
      </div>
      {actions}
    </div>
  );
}

/** Nothing where there is no error. */
export function Trouble({ error, again }: { readonly error: ApiError | undefined; readonly again?: () => void }) {
  if (error === undefined) return null;
  const retry =
    again === undefined ? undefined : (
      <button type="button" onClick={again}>
        Try again
      </button>
    );
  return (
    <Notice kind="bad" title={error.message} actions={retry}>
      {error.remedy}
    </Notice>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

export function Waiting({ what }: { readonly what: string }) {
  return (
    <p class="waiting" role="status">
      Asking for {what} …
    </p>
  );
}
