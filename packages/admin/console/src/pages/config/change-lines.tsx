/** What a text would change, in lines. */

interface Properties {
  readonly lines: readonly string[];
  /** What is said where there is none; nothing without it. */
  readonly none?: string;
}

export function ChangeLines({ lines, none }: Properties) {
  if (lines.length === 0) return none === undefined ? null : <p>{none}</p>;
  return (
    <ul class="panel lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
