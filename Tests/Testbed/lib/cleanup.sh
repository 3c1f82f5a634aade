# shellcheck shell=bash
# Ends what was started, in reverse order. Safe to run twice. What was built stays.

cleanup_help() {
    cat <<'H'
testbed cleanup         nodes, guests, network and upstream of this run (TESTBED_RUN, default "default"), with
                        their trees, disks and test bundles
testbed cleanup --all   the same for every run of this $TESTBED_DIR
H
}

cleanup_main() {
    local run
    need_root
    if [ "${1:-}" = --all ]; then
        for run in "$TESTBED_DIR"/runs/*; do
            [ ! -d "$run" ] || TESTBED_RUN=$(basename "$run") "$TESTBED_SOURCES/testbed" cleanup
        done
    fi
    cleanup_run
}

# The functions of node.sh read NODE, TREE and NODE_NS.
# shellcheck disable=SC2034,SC2153
cleanup_run() {
    local file
    for file in "$NODES"/*.ip "$NODES"/*.new; do
        [ -e "$file" ] || continue
        NODE=$(basename "${file%.*}")
        TREE=$NODES/$NODE NODE_NS=$RUN_PREFIX-$NODE
        say "cleanup: node $NODE"
        node_down
    done
    vm_cleanup
    net_down
    upstream_stop
    rm -rf --one-file-system "$RUN_DIR"
    conntrack_restore
    say "cleanup: done ($TESTBED_RUN)"
}
