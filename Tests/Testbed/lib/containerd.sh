# shellcheck shell=bash
# containerd of each suite, unpacked side by side and never installed: what images are compared on.

CONTAINERD_SUITES=(bookworm trixie sid)

containerd_help() {
    cat <<'H'
testbed containerd
  Unpacks containerd and ctr of Debian's suites into $TESTBED_DIR/containerd/SUITE/bin, and prints a line for each:
    SUITE VERSION FOLDER
  A suite that the archive does not have is reported on stderr, and is no error; bookworm's is required.
  No runc is needed: nothing runs in these.
H
}

containerd_main() {
    local suite
    take_lock containerd
    mkdir -p "$TESTBED_DIR"/{containerd,logs,tmp}
    for suite in "${CONTAINERD_SUITES[@]}"; do
        containerd_unpack "$suite" || true
        if is_done "containerd-$suite"; then
            printf '%s %s %s\n' "$suite" "$(cat "$TESTBED_DIR/containerd/$suite/version")" \
                "$TESTBED_DIR/containerd/$suite/bin"
        elif [ "$suite" = bookworm ]; then
            die "there is no containerd of Debian 12 (bookworm)" "see $TESTBED_DIR/logs"
        else
            say "containerd: NONE FROM $suite: this archive does not have that suite, or no containerd in it"
        fi
    done
}

# containerd_unpack SUITE: in a subshell, because an archive without the suite ends it.
containerd_unpack() (
    suite=$1 into=$TESTBED_DIR/containerd/$1
    ! is_done "containerd-$suite" || return 0
    need_command dpkg-deb
    need_disk 1 "unpacking containerd"
    # A package that is there already needs no archive.
    compgen -G "$TESTBED_DIR/debs/$suite/containerd_*.deb" >/dev/null || has_package "$suite" containerd || return 1
    rm -rf "$into"
    unpack_deb "$suite" containerd "$into/tree"
    mv "$into/tree/usr/bin" "$into/bin"
    rm -rf "$into/tree"
    # "containerd github.com/… 1.6.20~ds1 …", "… v2.1.9 …", "… 2.1.9+unknown": the number alone.
    "$into/bin/containerd" --version | sed -nE 's/^[^ ]+ [^ ]+ v?([0-9]+\.[0-9]+\.[0-9]+).*/\1/p' >"$into/version"
    [ -s "$into/version" ] || die "containerd of $suite does not tell its version" "run $into/bin/containerd --version"
    mark_done "containerd-$suite"
    say "containerd: $(cat "$into/version") from $suite"
)
