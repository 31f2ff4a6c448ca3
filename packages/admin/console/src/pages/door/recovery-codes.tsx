/** Shown once, and never again. */
import { useId, useState } from "preact/hooks";
import { Copy } from "../../parts/copy.tsx";
import { Page } from "../../parts/page.tsx";

export function RecoveryCodes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const [kept, setKept] = useState(false);
  const id = useId();
  return (
    <Page
      title="Recovery codes"
      about="Print them, or put them into your password safe: each lets you in once when the second factor is lost. They are not shown again."
    >
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <p>
        <input id={id} type="checkbox" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />{" "}
        <label for={id}>I have kept them.</label>
      </p>
      <div class="buttons">
        <button type="button" class="primary" disabled={!kept} onClick={onKept}>
          Open the console
        </button>
        <Copy text={codes.join("\n")} label="the codes" />
      </div>
    </Page>
  );
}
