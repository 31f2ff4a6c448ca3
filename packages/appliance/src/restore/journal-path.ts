/** Beside the configuration, where a start looks for it before it reads anything else. */
export function journalPath(config: string): string {
  return `${config}.restoring`;
}
