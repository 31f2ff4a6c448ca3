# Sourced by packages/appliance/bootstrap.sh once ringfence_node is known: builds the native part, packages/native/addon/build/Release/ringfence.node,
# when there is a compiler for it. Never fails: without it the portable engine serves, and `./ringfence version` says why.
# POSIX sh. A build happens when the sources, the pinned runtime or the missing programs change; else this costs one checksum.

ringfence_addon=$ringfence_root/packages/native/addon
# Two lines: the fingerprint of what was built, and `built`, or why it was not. src/index.ts reads it.
ringfence_outcome=$ringfence_addon/build/outcome

ringfence_native_fingerprint() (
  cd "$ringfence_root" &&
    cat package.json packages/native/build.sh packages/native/addon/binding.gyp packages/native/addon/*.cc \
      packages/*/native/*.cc packages/*/native/*.h | cksum
)

ringfence_native_compiler() {
  for ringfence_cxx in "${CXX:-}" g++ clang++ c++; do
    [ -n "$ringfence_cxx" ] && command -v "${ringfence_cxx%% *}" >/dev/null 2>&1 && return 0
  done
  return 1
}

# What stands in the way, as the end of a sentence; nothing when a build can be tried.
ringfence_native_obstacle() {
  ringfence_nodedir=$(dirname "$(dirname "$ringfence_node")")
  if [ ! -f "$ringfence_nodedir/include/node/node_api.h" ]; then
    echo "this Node.js runtime came without its headers"
  elif ! ringfence_native_compiler; then
    echo "there is no C++ compiler (Debian: apt-get install g++ make python3)"
  elif ! command -v make >/dev/null 2>&1; then
    echo "make is not installed (Debian: apt-get install make)"
  elif ! command -v python3 >/dev/null 2>&1; then
    echo "python3 is not installed (Debian: apt-get install python3)"
  fi
}

ringfence_native_note() {
  printf '%s\n%s\n' "$(ringfence_native_fingerprint)" "$1" >"$ringfence_outcome.$$" &&
    mv -f "$ringfence_outcome.$$" "$ringfence_outcome"
  [ "$1" = built ] || printf 'ringfence: no native code: %s\n' "$1" >&2
}

ringfence_native_make() {
  ringfence_log=$ringfence_addon/build/build.log
  ringfence_began=$(date +%s)
  if ! printf '#include <span>\n' | "$ringfence_cxx" -std=c++20 -x c++ -fsyntax-only - >"$ringfence_log" 2>&1; then
    ringfence_native_note "$ringfence_cxx does not know C++20 (g++ 10 and clang 12 do)"
  # A compiler of its own choice would not be the one that was just asked.
  elif (cd "$ringfence_addon" && CXX=$ringfence_cxx "$ringfence_node" ../node_modules/node-gyp/bin/node-gyp.js \
    configure build --jobs max --nodedir "$ringfence_nodedir") >"$ringfence_log" 2>&1 </dev/null; then
    ringfence_native_note built
    printf 'ringfence: built the native part in %s s\n' "$(($(date +%s) - ringfence_began))" >&2
  else
    ringfence_native_note "the build failed; its log is in $ringfence_log"
  fi
}

# True when there is nothing to do: built from these sources, or the same obstacle as last time.
ringfence_native_is_current() {
  [ -f "$ringfence_outcome" ] || return 1
  { read -r ringfence_was && read -r ringfence_result; } <"$ringfence_outcome" || return 1
  [ "$ringfence_was" = "$(ringfence_native_fingerprint)" ] || return 1
  case $ringfence_result in
    built | "the build failed"*) return 0 ;;
  esac
  [ "$ringfence_result" = "$(ringfence_native_obstacle)" ]
}

# Two commands started at once build once: the second waits.
ringfence_native_build() (
  mkdir -p "$ringfence_addon/build" 2>/dev/null && [ -w "$ringfence_addon/build" ] || exit 0
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$ringfence_addon/build/lock"
    flock 9
    ringfence_native_is_current && exit 0
  fi
  ringfence_obstacle=$(ringfence_native_obstacle)
  if [ -n "$ringfence_obstacle" ]; then
    ringfence_native_note "$ringfence_obstacle"
  else
    ringfence_native_compiler
    ringfence_nodedir=$(dirname "$(dirname "$ringfence_node")")
    ringfence_native_make 9>&-
  fi
)

ringfence_native_is_current || ringfence_native_build || :
