/** The name with its mark. */

export function Brand() {
  return (
    <>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <circle cx="16" cy="16" r="13" fill="none" stroke="currentColor" stroke-width="4" />
        <circle cx="16" cy="16" r="5" fill="currentColor" />
      </svg>
      Ringfence
    </>
  );
}
