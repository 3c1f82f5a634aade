# shellcheck shell=bash
# A QEMU guest for real power cuts: a kernel and a page cache of its own, so that killing QEMU loses whatever the guest
# had not flushed. The nodes of `testbed node` share this machine's page cache and cannot show that.

# These are for the files that are sourced below.
# shellcheck disable=SC2034
VM_DIR=$RUN_DIR/vm
VM_KERNEL=$TESTBED_DIR/vm/kernel
VM_ADDRESS=10.78.0.10
VM_GATEWAY=10.78.0.2

for vm_file in vm-build vm-disk vm-guest vm-run; do
    # shellcheck source=/dev/null
    . "$TESTBED_SOURCES/lib/$vm_file.sh"
done
unset vm_file

vm_help() {
    cat <<'H'
testbed vm build
  Fetches the distribution's kernel for virtual machines (unpacked, never installed) and makes an initramfs for it.
testbed vm disk NAME [--base base|base-bare] [--size 8G] [--put SRC:DST]... [--run CMD] [--then CMD]... [--init FILE]
  Makes the guest's disk from a copy of a node tree. At every boot the guest runs CMD, says GUEST-RUN-STATUS N, runs
  each --then (only after status 0; GUEST-THEN-STATUS N), and powers off. --put copies a file or folder into the disk.
  --init FILE is a script that runs instead of systemd, and of all that: it boots in half the time.
testbed vm data NAME [--size 8G]
  A second disk, /dev/vdb, empty. Again: another one in its place.
testbed vm start NAME [--memory 3072] [--cpus 2] [--cgroups v2|v1] [--set KEY=VALUE]...
  --set puts testbed.KEY=VALUE on the kernel's command line.
  Boots it in the background. The serial console goes to $TESTBED_DIR/runs/RUN/vm/NAME/serial.log, one file for each boot
  (the earlier ones are serial.log.1, serial.log.2, ...).
testbed vm wait NAME --for PATTERN [--timeout 900]     an extended regular expression, in this boot's serial log
testbed vm wait NAME --off [--timeout 900]             until the guest has powered off
testbed vm log NAME [--all]                            this boot's serial log, or every boot's
testbed vm cut NAME                                    SIGKILL for QEMU: what the guest had not flushed is gone
testbed vm down NAME                                   cut, and remove the disk and the logs
testbed vm list                                        name and state of each guest
The guest is 10.78.0.10/24 with a default route that leads nowhere: it reaches neither this machine nor a network.
H
}

vm_main() {
    local action=${1:-}
    [ $# = 0 ] || shift
    case $action in
    build | disk | data | start | wait | log | cut | down | list) "vm_$action" "$@" ;;
    *)
        vm_help >&2
        die "unknown action of vm: ${action:-(none)}" "see: testbed vm --help"
        ;;
    esac
}

# vm_named NAME: sets VM_NAME and VM_HOME, refusing names that are no host name.
vm_named() {
    VM_NAME=${1:-}
    [[ $VM_NAME =~ ^[a-z][a-z0-9-]{0,30}$ && $VM_NAME != kernel ]] ||
        die "'$VM_NAME' is no name for a guest" "use lower-case letters, digits and '-', beginning with a letter"
    VM_HOME=$VM_DIR/$VM_NAME
}

# vm_value OPTION COUNT: an option that lacks its value is a mistake of the caller, not an empty value.
vm_value() {
    [ "$2" -ge 2 ] || die "the option $1 needs a value" "see: testbed vm --help"
}

vm_unknown() { die "unknown option of 'vm $1': $2" "see: testbed vm --help"; }
