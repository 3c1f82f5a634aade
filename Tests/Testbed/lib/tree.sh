# shellcheck shell=bash
# A node's file tree as text, for comparing before and after.

tree_help() {
    cat <<'H'
testbed tree NAME > FILE     the tree of a node
testbed tree --root DIR      the tree of a folder
  A line each: path, type, mode, owner, size, then SHA-256 (regular files), target (links) or device number.
  Sorted by path; /proc, /sys, /dev, /run and /tmp are left out.
H
}

tree_main() {
    need_root
    local root
    case ${1:-} in
    '') die "tree needs a node's name" "see: testbed tree --help" ;;
    --root) root=${2:-} ;;
    *) root=$NODES/$1 ;;
    esac
    [ -d "$root" ] || die "no tree at $root" "see: testbed node list"
    python3 "$TESTBED_SOURCES/tree.py" "$root"
}
