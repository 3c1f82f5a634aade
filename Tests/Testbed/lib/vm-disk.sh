# shellcheck shell=bash
# A guest's disk: a sparse ext4 image, filled by mke2fs, so that nothing is mounted on this machine.

vm_disk() {
    local base=base-bare size=8G run='' init='' puts=() thens=() root
    vm_named "${1:-}"
    shift
    while [ $# -gt 0 ]; do
        vm_value "$1" $#
        case $1 in
        --base) base=$2 ;;
        --size) size=$2 ;;
        --put) puts+=("$2") ;;
        --run) run=$2 ;;
        --then) thens+=("$2") ;;
        --init) init=$2 ;;
        *) vm_unknown disk "$1" ;;
        esac
        shift 2
    done
    vm_check_disk "$base"
    say "vm: making the disk of $VM_NAME from $base"
    scratch
    root=$SCRATCH/root
    cp -a --reflink=auto "$TESTBED_DIR/$base" "$root"
    vm_finish_tree "$root"
    vm_commands "$root" "$run" ${thens[@]+"${thens[@]}"}
    vm_put "$root" ${puts[@]+"${puts[@]}"}
    [ -z "$init" ] || vm_init "$root" "$init"
    vm_make_image "$root" "$size"
}

# vm_init ROOT FILE: in the place of systemd, which the initramfs hands over to.
vm_init() {
    cp "$2" "$1/sbin/testbed-init"
    chmod 755 "$1/sbin/testbed-init"
    ln -sfn /sbin/testbed-init "$1/lib/systemd/systemd"
}

# vm_data NAME [--size 8G]: a second disk, empty, in the place of the one that was there.
vm_data() {
    local size=8G
    vm_named "${1:-}"
    shift
    while [ $# -gt 0 ]; do
        vm_value "$1" $#
        case $1 in
        --size) size=$2 ;;
        *) vm_unknown data "$1" ;;
        esac
        shift 2
    done
    need_command mke2fs
    vm_need_disk
    ! vm_pid >/dev/null || die "$VM_NAME is running" "run: Tests/Testbed/testbed vm cut $VM_NAME"
    rm -f "$VM_HOME/data.img"
    # Nothing is left to the guest's kernel to initialise: its writes would come between those of the test.
    run_logged "$VM_HOME/mke2fs.log" mke2fs -q -F -t ext4 -L data -E lazy_itable_init=0,lazy_journal_init=0 \
        "$VM_HOME/data.img.new" "$size"
    mv "$VM_HOME/data.img.new" "$VM_HOME/data.img"
}

vm_check_disk() {
    need_root
    need_command mke2fs
    case $1 in
    base | base-bare) ;;
    *) die "'$1' is no node tree" "use base or base-bare" ;;
    esac
    is_done vm || die "the guest's kernel is missing" "run: Tests/Testbed/testbed vm build"
    is_done base || die "the node trees are missing" "run: Tests/Testbed/testbed base"
    ! vm_pid >/dev/null ||
        die "$VM_NAME is running" "run: Tests/Testbed/testbed vm down $VM_NAME"
    need_disk 4 "a guest's disk"
}

# vm_put ROOT SRC:DST…: modes and times are kept.
vm_put() {
    local root=$1 pair from to
    shift
    for pair; do
        from=${pair%%:*} to=${pair#*:}
        [[ $pair == *:/* && -e $from ]] ||
            die "--put $pair: no such file here, or no absolute path there" "use --put FILE:/PATH/IN/THE/GUEST"
        mkdir -p "$root$(dirname "$to")"
        cp -a --reflink=auto "$from" "$root$to"
        # A folder comes with its owner; files that a person carries to a machine belong to root there.
        chown -R 0:0 "$root$to"
    done
}

# vm_make_image ROOT SIZE: under a temporary name first, so that a killed run leaves no half disk behind.
vm_make_image() {
    local root=$1 size=$2 image=$VM_HOME/disk.img
    rm -rf "$VM_HOME"
    mkdir -p "$VM_HOME"
    run_logged "$VM_HOME/mke2fs.log" mke2fs -q -F -t ext4 -L guest -d "$root" "$image.new" "$size"
    mv "$image.new" "$image"
    rm -rf --one-file-system "$root"
    say "vm: disk of $VM_NAME, $(du -h "$image" | cut -f1) of $size used"
}
