/** A secret that is shown this once: it stays until somebody says that they have it. */
import type { ComponentChildren } from "preact";
import { Copy } from "../../parts/copy.tsx";

interface Properties {
  readonly title: string;
  readonly secret: string;
  readonly onKept: () => void;
  readonly children: ComponentChildren;
}

export function Once({ title, secret, onKept, children }: Properties) {
  return (
    <div class="panel" role="status">
      <h3>{title}</h3>
      <p>
        <code class="peer">{secret}</code>
      </p>
      <p>{children} It is not shown again.</p>
      <div class="buttons">
        <Copy text={secret} label="the secret" />
        <button type="button" onClick={onKept}>
          I have it
        </button>
      </div>
    </div>
  );
}
