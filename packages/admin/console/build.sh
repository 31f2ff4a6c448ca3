# Sourced by packages/appliance/bootstrap.sh once ringfence_node is known: builds the admin console, packages/admin/console/dist.
# Never fails: without it everything else serves, and the address of the console says that it was not built.
# POSIX sh. A build happens when the console's sources or what is installed change; else this costs one checksum.

ringfence_console=$ringfence_root/packages/admin/console
# Outside of the folder that is served. Two lines: the fingerprint of what was tried, and `built` or `failed`.
ringfence_console_outcome=$ringfence_root/node_modules/.ringfence-console

ringfence_console_fingerprint() (
  cd "$ringfence_console" &&
    { cat "$ringfence_root/pnpm-lock.yaml" build.sh index.html vite.config.ts && find src -type f | LC_ALL=C sort | xargs cat; } | cksum
)

ringfence_console_is_current() {
  [ -f "$ringfence_console_outcome" ] || return 1
  { read -r ringfence_was && read -r ringfence_result; } <"$ringfence_console_outcome" || return 1
  [ "$ringfence_was" = "$(ringfence_console_fingerprint)" ] || return 1
  [ "$ringfence_result" = failed ] || [ -f "$ringfence_console/dist/index.html" ]
}

ringfence_console_make() {
  ringfence_log=$ringfence_root/.state/console.log
  ringfence_began=$(date +%s)
  ringfence_result=failed
  if (cd "$ringfence_root/packages/admin" && "$ringfence_node" node_modules/vite/bin/vite.js build --config console/vite.config.ts) \
    >"$ringfence_log" 2>&1 </dev/null; then
    ringfence_result=built
    printf 'ringfence: built the console in %s s\n' "$(($(date +%s) - ringfence_began))" >&2
  else
    printf 'ringfence: no console: its build failed; the log is in %s\n' "$ringfence_log" >&2
  fi
  printf '%s\n%s\n' "$(ringfence_console_fingerprint)" "$ringfence_result" >"$ringfence_console_outcome.$$" &&
    mv -f "$ringfence_console_outcome.$$" "$ringfence_console_outcome"
}

# Two commands started at once build once: the second waits.
ringfence_console_build() (
  mkdir -p "$ringfence_root/.state" 2>/dev/null && [ -w "$ringfence_root/.state" ] && [ -w "$ringfence_console" ] || exit 0
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$ringfence_root/.state/console.lock"
    flock 9
    ringfence_console_is_current && exit 0
    ringfence_console_make 9>&-
  else
    ringfence_console_make
  fi
)

ringfence_console_is_current || ringfence_console_build || :
