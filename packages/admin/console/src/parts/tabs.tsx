/** Parts of a page as links: the address says which one, so that it can be shared and gone back to. */

interface Properties {
  readonly label: string;
  readonly tabs: readonly (readonly [link: string, words: string, current: boolean])[];
}

export function Tabs({ label, tabs }: Properties) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([link, words, current]) => (
        <a key={link} href={link} aria-current={current ? "page" : undefined}>
          {words}
        </a>
      ))}
    </nav>
  );
}
