/** An error of the control plane (configuration, start, reload). The command line prints `message: remedy`; traffic never throws it. */
export class RingfenceError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string) {
    super(message);
    this.name = "RingfenceError";
    this.code = code;
    this.remedy = remedy;
  }
}
