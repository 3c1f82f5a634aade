# shellcheck shell=bash
# What the scripts share: messages, checks, stages that are timed.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export TESTBED_DIR=${TESTBED_DIR:-$repository/.build-testbed}
# shellcheck disable=SC2034
testbed=$repository/Tests/Testbed/testbed

say() { printf '==> %s\n' "$*" >&2; }

# die MESSAGE HINT: what failed, then one line of what to do.
die() {
    printf 'error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

# as_root COMMAND…: directly, or by sudo with this PATH.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        local name settings=("PATH=$PATH")
        # What sudo would drop: the test bed's settings, and the way to the network.
        for name in TESTBED_DIR TESTBED_RUN DEBIAN_ARCHIVE http_proxy https_proxy no_proxy; do
            [ -z "${!name:-}" ] || settings+=("$name=${!name}")
        done
        sudo env "${settings[@]}" "$@"
    else
        die "'$1' needs root, and there is no sudo" "run make as root"
    fi
}

# need_disk GB FOLDER: refuse before the work begins, not in the middle of it.
need_disk() {
    local free
    mkdir -p "$2"
    free=$(($(stat -f -c '%a * %S' "$2") / 1000000000))
    [ "$free" -ge "$1" ] || die "needs $1 GB free at $2, found $free GB" "free some space there"
}

need_swift() {
    local found
    command -v swift >/dev/null || die "there is no swift on PATH" "install Swift 6.2 or later: https://www.swift.org/install"
    found=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9]+\.[0-9]+') || true
    [ "$(printf '6.2\n%s\n' "$found" | sort -V | head -n 1)" = 6.2 ] ||
        die "Swift ${found:-of an unknown version}, expected 6.2 or later" "install a later one: https://www.swift.org/install"
}

# below PID: prints every process below that one.
below() {
    local children child
    children=$(cat "/proc/$1/task/"*/children 2>/dev/null) || true
    for child in $children; do
        printf '%s\n' "$child"
        below "$child"
    done
}

# begin_cleanup: first in every EXIT trap. From here on no signal cuts the clean-up short; what was still running when
# this script was told to end goes first, whatever process group it made for itself.
begin_cleanup() {
    local pids i
    trap '' INT TERM HUP
    mapfile -t pids < <(below "$$")
    kill -TERM "${pids[@]}" 2>/dev/null || true
    for ((i = 0; i < 100; i++)); do
        kill -0 "${pids[@]}" 2>/dev/null || break
        sleep 0.1
    done
}

# duration SECONDS: 7 s, 3 min 20 s
duration() {
    if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# Rows of `NAME<tab>SECONDS`, in the order of the stages.
stages=()
# stage NAME COMMAND…: runs it and remembers what it took; a failure ends the script. `set -e` does not hold inside a
# function that is called so: each of its lines says itself what a failure means.
stage() {
    local name=$1 begin=$SECONDS
    shift
    say "$name"
    "$@" || die "$name failed" "its output is above"
    stages+=("$name"$'\t'"$((SECONDS - begin))")
}

print_stages() {
    local row
    for row in "${stages[@]}"; do
        printf '  %-34s %14s\n' "${row%$'\t'*}" "$(duration "${row#*$'\t'}")"
    done
}

# local_upstream: builds the test bed's upstream where it is missing.
local_upstream() {
    as_root "$testbed" kubernetes && as_root "$testbed" upstream build
}

# local_sources: serves the local upstream, and prints the options of `bundler` that point to it, one per line.
local_sources() {
    local source host addresses FILES_URL='' REGISTRY_URL=''
    addresses=$(as_root "$testbed" upstream up) || return
    eval "$addresses"
    for source in kubernetes=dl.k8s.io containerd=github.com/containerd/containerd/releases/download \
        runc=github.com/opencontainers/runc/releases/download \
        cniPlugins=github.com/containernetworking/plugins/releases/download \
        crictl=github.com/kubernetes-sigs/cri-tools/releases/download; do
        printf -- '--source\n%s=%s/%s\n' "${source%%=*}" "$FILES_URL" "${source#*=}"
    done
    for host in k8s.gcr.io docker.io; do printf -- '--registry-mirror\n%s=%s\n' "$host" "$REGISTRY_URL"; done
}
