# shellcheck shell=bash
# Messages, stamps, locks and checks that every part uses.

# say TEXT…: one progress line on stderr, with the seconds since the command began.
say() { printf '[testbed %4ds] %s\n' "$SECONDS" "$*" >&2; }

# die MESSAGE HINT: what failed, then one line of what to do.
die() {
    printf 'testbed: error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'testbed: hint: %s\n' "$2" >&2
    exit 1
}

need_root() {
    [ "$(id -u)" = 0 ] || die "needs root, running as uid $(id -u)" "run it with sudo, or as root in a container with all capabilities"
}

# need_command COMMAND…
need_command() {
    local c
    for c; do
        command -v "$c" >/dev/null || die "the command '$c' is missing" "run: Tests/Testbed/testbed deps"
    done
}

# need_disk GIB WHAT: refuse before the work begins, not in the middle of it.
need_disk() {
    local free
    mkdir -p "$TESTBED_DIR"
    free=$(($(stat -f -c '%a * %S' "$TESTBED_DIR") / 1024 / 1024))
    [ "$free" -ge $(($1 * 1024)) ] ||
        die "$2 needs $1 GiB free in $TESTBED_DIR, found $free MiB" "free some space, or set TESTBED_DIR to a folder on a larger disk"
}

# Node trees and containerd's state do not work on overlayfs.
need_real_filesystem() {
    local type
    mkdir -p "$TESTBED_DIR"
    type=$(stat -f -c %T "$TESTBED_DIR")
    case $type in
    overlay* | tmpfs | ramfs) die "$TESTBED_DIR is on $type" "set TESTBED_DIR to a folder on ext4 or xfs" ;;
    esac
}

is_done() { [ -e "$TESTBED_DIR/stamps/$1" ]; }

# mark_done NAME: written last and renamed into place, so that a killed run never looks finished.
mark_done() {
    mkdir -p "$TESTBED_DIR/stamps"
    date -u +%FT%TZ >"$TESTBED_DIR/stamps/.$1.new"
    sync -f "$TESTBED_DIR/stamps/.$1.new"
    mv "$TESTBED_DIR/stamps/.$1.new" "$TESTBED_DIR/stamps/$1"
}

# take_lock NAME: one builder at a time for each part; held until this process ends.
take_lock() {
    local fd
    mkdir -p "$TESTBED_DIR/locks"
    exec {fd}>"$TESTBED_DIR/locks/$1"
    if ! flock -n "$fd"; then
        say "waiting for another run that is building '$1'"
        flock "$fd"
    fi
}

# scratch: an empty folder below the test bed, removed when the command ends.
scratch() {
    mkdir -p "$TESTBED_DIR/tmp"
    SCRATCH=$(mktemp -d "$TESTBED_DIR/tmp/XXXXXX")
    trap 'rm -rf --one-file-system "$SCRATCH"' EXIT
}

# run_logged LOG COMMAND…: output goes to the log; on failure its end is shown.
run_logged() {
    local log=$1 status=0
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ "$status" = 0 ] && return 0
    tail -n 20 "$log" >&2
    die "'$*' failed with status $status" "the whole log is $log"
}

# spawn LOG PIDFILE COMMAND…: a daemon in a session of its own; its pid and start time are kept, so that a later stop
# never hits another process that got the same pid.
spawn() {
    local log=$1 pidfile=$2
    shift 2
    # No lock may be inherited: descriptors above 2 are closed in the child.
    (
        for fd in /proc/"$BASHPID"/fd/*; do
            fd=${fd##*/}
            [ "$fd" -le 2 ] || eval "exec $fd>&-" 2>/dev/null
        done
        exec setsid "$@" >>"$log" 2>&1 </dev/null
    ) &
    local pid=$! started
    started=$(process_start "$pid") || true
    printf '%s %s\n' "$pid" "$started" >"$pidfile"
}

# process_start PID: the kernel's start tick of that process; fails when there is none.
process_start() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }
    # Fields after the name: state is 3, starttime is 22.
    # shellcheck disable=SC2086
    set -- $stat
    shift 19
    printf '%s' "$1"
}

# live_pid PIDFILE: prints the pid if that very process still runs.
live_pid() {
    local pid started
    [ -r "$1" ] && read -r pid started <"$1" || return 1
    [ "$(process_start "$pid")" = "$started" ] || return 1
    printf '%s' "$pid"
}

# stop_process PIDFILE: TERM, then KILL after five seconds.
stop_process() {
    local pid i
    if pid=$(live_pid "$1"); then
        kill "$pid" 2>/dev/null || true
        for ((i = 0; i < 50; i++)); do
            live_pid "$1" >/dev/null || break
            sleep 0.1
        done
        live_pid "$1" >/dev/null && kill -9 "$pid" 2>/dev/null
    fi
    rm -f "$1"
}

# free_port: a TCP port on 127.0.0.1 that nothing listens on now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
