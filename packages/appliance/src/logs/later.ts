/** Arranges for the work to be done so many milliseconds later; calls it off: what is returned. */
export type Later = (ms: number, work: () => void) => () => void;

/** Work of the log does not keep a process alive that is done. */
export const later: Later = (ms, work) => {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
};
