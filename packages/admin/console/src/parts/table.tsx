/** Rows of one kind. On a phone each row becomes a card, in which every value has its column's name beside it. */
import type { ComponentChildren } from "preact";

export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ComponentChildren;
  /** `number`: to the right, digits of one width. `wide`: takes what the others leave. `place`: an address. `brief`: on one line. `act`: buttons, without a name in a card. */
  readonly form?: "number" | "wide" | "place" | "brief" | "act";
}

interface Properties<T> {
  /** For those who hear the page. */
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  /** The row that one looks at. */
  readonly current?: string | number;
  /** Undefined: that is all of it. */
  readonly more?: (() => void) | undefined;
}

export function Table<T>({ caption, columns, rows, keyOf, current, more }: Properties<T>) {
  return (
    <>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, form }) => (
              <th key={name} scope="col" class={form}>
                {form === "act" ? <span class="unseen">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={keyOf(row) === current ? "current" : undefined}>
              {columns.map(({ name, cell, form }) => (
                <td key={name} class={form} data-name={form === "act" ? undefined : name}>
                  <div>{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more !== undefined && (
        <button type="button" class="more" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}
