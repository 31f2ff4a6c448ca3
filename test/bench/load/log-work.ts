/** What a log is to write. */
export interface LogWork {
  /** Path of a configuration. */
  readonly config: string;
  readonly stateDir: string;
  readonly warmUp: number;
  readonly calls: number;
  readonly perSecond: number;
  /** Everything but the log: what the program itself costs. */
  readonly silent: boolean;
}
