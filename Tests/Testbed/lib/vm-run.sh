# shellcheck shell=bash
# A guest's life: start, wait, log, cut, down.

vm_start() {
    local memory=3072 cpus=2 cgroups=v2 settings=''
    vm_named "${1:-}"
    shift
    while [ $# -gt 0 ]; do
        vm_value "$1" $#
        case $1 in
        --memory) memory=$2 ;;
        --cpus) cpus=$2 ;;
        --cgroups) cgroups=$2 ;;
        --set) settings+=" testbed.$2" ;;
        *) vm_unknown start "$1" ;;
        esac
        shift 2
    done
    need_root
    need_command qemu-system-x86_64
    vm_need_disk
    ! vm_pid >/dev/null || die "$VM_NAME is running already" "run: testbed vm cut $VM_NAME"
    vm_rotate_logs
    vm_boot_awake "$memory" "$cpus" "$(vm_kernel_options "$cgroups")$settings"
    say "vm: $VM_NAME boots, pid $(cut -d' ' -f1 "$VM_HOME/pid")"
}

# vm_boot_awake MEMORY CPUS OPTIONS. Emulated processors that run beside each other may stop for good before the kernel's
# first word, while QEMU computes on: seen once. Nothing of a test has run by then, so the guest is started again.
vm_boot_awake() {
    local attempt end
    for attempt in 1 2 3; do
        vm_boot "$@"
        end=$((SECONDS + 180))
        while [ ! -s "$VM_HOME/serial.log" ]; do
            # One that has ended is whoever waits for it to judge.
            vm_pid >/dev/null || return 0
            [ "$SECONDS" -lt "$end" ] || break
            sleep 0.1
        done
        [ ! -s "$VM_HOME/serial.log" ] || return 0
        say "vm: $VM_NAME has printed nothing in three minutes (attempt $attempt of 3)"
        vm_kill || true
    done
    vm_give_up "$VM_NAME does not boot"
}

vm_need_disk() {
    [ -e "$VM_HOME/disk.img" ] || die "there is no guest named $VM_NAME" "run: Tests/Testbed/testbed vm disk $VM_NAME"
}

vm_kernel_options() {
    local options='console=ttyS0 panic=-1 loglevel=4 systemd.show_status=0 net.ifnames=0'
    case $1 in
    v2) ;;
    v1) options+=' systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=0' ;;
    *) die "unknown cgroups: $1" "use v2 or v1" ;;
    esac
    printf '%s' "$options"
}

# vm_rotate_logs: a wait must not find the line of an earlier boot.
vm_rotate_logs() {
    local number=1
    if [ -e "$VM_HOME/serial.log" ]; then
        while [ -e "$VM_HOME/serial.log.$number" ]; do number=$((number + 1)); done
        mv "$VM_HOME/serial.log" "$VM_HOME/serial.log.$number"
    fi
    : >"$VM_HOME/serial.log"
}

# vm_boot MEMORY CPUS OPTIONS. The disk is written without this machine's page cache (cache=none) and the guest is told
# that its flushes matter; with cache=unsafe they would be skipped, and a cut would prove nothing.
vm_boot() {
    local memory=$1 cpus=$2 options=$3 data=()
    [ ! -e "$VM_HOME/data.img" ] || data=(-drive "file=$VM_HOME/data.img,if=virtio,format=raw,cache=none")
    spawn "$VM_HOME/qemu.log" "$VM_HOME/pid" qemu-system-x86_64 -accel tcg,thread=multi -cpu max \
        -smp "$cpus" -m "$memory" -nodefaults -no-user-config -display none -monitor none -no-reboot \
        -chardev "file,id=serial,path=$VM_HOME/serial.log" -serial chardev:serial \
        -nic "user,model=virtio-net-pci,net=10.78.0.0/24,host=$VM_GATEWAY,restrict=on" \
        -drive "file=$VM_HOME/disk.img,if=virtio,format=raw,cache=none" ${data[@]+"${data[@]}"} \
        -kernel "$VM_KERNEL/vmlinuz" -initrd "$VM_KERNEL/initramfs.gz" -append "$options"
}

vm_wait() {
    local pattern='' timeout=900 off='' end
    vm_named "${1:-}"
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        --off)
            off=1
            shift
            continue
            ;;
        esac
        vm_value "$1" $#
        case $1 in
        --for) pattern=$2 ;;
        --timeout) timeout=$2 ;;
        *) vm_unknown wait "$1" ;;
        esac
        shift 2
    done
    [ -n "$pattern$off" ] || die "vm wait needs --for PATTERN or --off" "see: testbed vm --help"
    vm_need_disk
    end=$((SECONDS + timeout))
    if [ -n "$off" ]; then vm_wait_off "$end"; else vm_wait_for "$pattern" "$end"; fi
}

# vm_wait_for PATTERN END: prints the first line that matches.
vm_wait_for() {
    local pattern=$1 end=$2 alive
    while :; do
        # Asked before the log is read: what a guest printed last is still found after it ended.
        alive=$(vm_pid) || alive=''
        if tr -d '\r' <"$VM_HOME/serial.log" | grep -a -m 1 -E -e "$pattern"; then return 0; fi
        [ -n "$alive" ] || vm_give_up "$VM_NAME ended without printing '$pattern'"
        [ "$SECONDS" -lt "$end" ] || vm_give_up "$VM_NAME has not printed '$pattern' in time"
        sleep 0.2
    done
}

vm_wait_off() {
    local end=$1
    while vm_pid >/dev/null; do
        [ "$SECONDS" -lt "$end" ] || vm_give_up "$VM_NAME has not powered off in time"
        sleep 0.2
    done
    vm_log "$VM_NAME" | grep -q -a GUEST-POWEROFF || vm_give_up "$VM_NAME ended, but did not power itself off"
}

# vm_give_up MESSAGE: with the end of the log, since that is what a failed test shows.
vm_give_up() {
    tail -n 30 "$VM_HOME/serial.log" "$VM_HOME/qemu.log" >&2
    die "$1" "the whole console is $VM_HOME/serial.log"
}

vm_log() {
    local file
    vm_named "${1:-}"
    vm_need_disk
    case ${2:-} in
    '') ;;
    --all)
        for file in $(find "$VM_HOME" -name 'serial.log.*' | sort -V); do
            printf '=== %s\n' "$(basename "$file")"
            tr -d '\r' <"$file"
        done
        printf '=== serial.log\n'
        ;;
    *) vm_unknown log "$2" ;;
    esac
    [ ! -e "$VM_HOME/serial.log" ] || tr -d '\r' <"$VM_HOME/serial.log"
}

vm_cut() {
    vm_named "${1:-}"
    vm_need_disk
    vm_kill || die "$VM_NAME is not running" "run: Tests/Testbed/testbed vm start $VM_NAME"
    say "vm: power of $VM_NAME is cut"
}

# vm_kill: fails when it does not run. Returns once the process is gone and so the disk is free.
vm_kill() {
    local pid
    pid=$(vm_pid) || return 1
    kill -9 "$pid" 2>/dev/null || true
    while vm_pid >/dev/null; do sleep 0.05; done
    rm -f "$VM_HOME/pid"
}

# vm_pid: the guest's QEMU. One that has ended, but that nobody has collected yet, counts as ended.
vm_pid() {
    local pid
    pid=$(live_pid "$VM_HOME/pid") || return 1
    ! grep -q -s '^State:.*Z' "/proc/$pid/status" || return 1
    printf '%s' "$pid"
}

vm_down() {
    vm_named "${1:-}"
    vm_kill || true
    rm -rf --one-file-system "$VM_HOME"
}

vm_list() {
    local home state
    for home in "$VM_DIR"/*/; do
        [ -e "$home/disk.img" ] || continue
        vm_named "$(basename "$home")"
        state=off
        ! vm_pid >/dev/null || state=running
        printf '%s %s\n' "$VM_NAME" "$state"
    done
}

# vm_cleanup: for `testbed cleanup`. Ends every guest of this run.
vm_cleanup() {
    local home
    for home in "$VM_DIR"/*/; do
        [ -e "$home/pid" ] || continue
        vm_named "$(basename "$home")"
        vm_kill || true
    done
}
