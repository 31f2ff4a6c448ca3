/** A page's frame: its title, which takes the focus when one comes to it, what it is for, and what can be done here. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface PageProperties {
  readonly title: string;
  readonly about?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page that one came to is read from its beginning; on the first one nobody has moved yet. */
let hasMoved = false;

export function Page({ title, about, actions, children }: PageProperties) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Before it is seen: a focus that came a moment later would be taken out of the field that somebody types into already.
  useLayoutEffect(() => {
    document.title = `${title} · Ringfence`;
    if (hasMoved) heading.current?.focus();
    hasMoved = true;
  }, [title]);
  return (
    <>
      <header class="page-head">
        <div>
          <h1 tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {about !== undefined && <p class="about">{about}</p>}
        </div>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface SectionProperties {
  readonly title: string;
  /** One sentence below the title. */
  readonly about?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ title, about, actions, children }: SectionProperties) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {about !== undefined && <p class="about">{about}</p>}
      {children}
    </section>
  );
}
