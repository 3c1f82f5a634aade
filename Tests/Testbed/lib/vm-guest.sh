# shellcheck shell=bash
# What a node tree needs besides to boot as a guest, and what the guest does once it has booted.

# vm_finish_tree ROOT: kernel modules, identity, network and the unit that runs the commands.
vm_finish_tree() {
    local root=$1 version
    version=$(cat "$VM_KERNEL/version")
    # The tree's own module index is for the kernel that the containers share.
    rm -rf "$root/lib/modules" "$root/usr/local/sbin/node-init"
    mkdir -p "$root/lib/modules" "$root/boot"
    cp -a "$VM_KERNEL/lib/modules/$version" "$root/lib/modules/"
    cp "$VM_KERNEL/config" "$root/boot/config-$version"
    vm_identity "$root"
    vm_network "$root"
    # There is no udev in the tree, so a terminal's device unit would never come up: ninety seconds of waiting.
    ln -sfn /dev/null "$root/etc/systemd/system/serial-getty@ttyS0.service"
    vm_unit "$root"
}

vm_identity() {
    local root=$1
    printf '%s\n' "$VM_NAME" >"$root/etc/hostname"
    printf '127.0.0.1 localhost\n%s %s\n' "$VM_ADDRESS" "$VM_NAME" >"$root/etc/hosts"
    # Without one, systemd takes every boot for the first.
    tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
    # A name server that refuses at once.
    printf 'nameserver %s\n' "$VM_ADDRESS" >"$root/etc/resolv.conf"
}

# vm_network ROOT: one card with a static address. The default route leads nowhere: QEMU lets nothing out.
vm_network() {
    local root=$1
    cat >"$root/etc/systemd/system/testbed-network.service" <<U
[Unit]
Description=Static address of the test bed's guest
DefaultDependencies=no
Before=network-pre.target network.target
Wants=network-pre.target network.target
After=systemd-modules-load.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/modprobe virtio_net
ExecStart=/bin/ip link set lo up
ExecStart=/bin/ip link set eth0 up
ExecStart=/bin/ip address replace $VM_ADDRESS/24 dev eth0
ExecStart=/bin/ip route replace default via $VM_GATEWAY
U
    vm_enable "$root" testbed-network.service sysinit.target
}

# vm_unit ROOT: the commands run after everything else of the boot, in a unit that no boot job waits for.
vm_unit() {
    local root=$1
    cat >"$root/etc/systemd/system/testbed-commands.service" <<'U'
[Unit]
Description=Commands of the test bed
After=multi-user.target
[Service]
Type=exec
Environment=HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WorkingDirectory=/root
ExecStart=/usr/local/sbin/testbed-commands
StandardOutput=append:/dev/ttyS0
StandardError=append:/dev/ttyS0
U
    vm_enable "$root" testbed-commands.service graphical.target
    cat >"$root/usr/local/sbin/testbed-commands" <<'C'
#!/bin/bash
# Runs /etc/testbed/run, then /etc/testbed/then.* in turn while they succeed, and powers the guest off.
seconds() { cut -d' ' -f1 /proc/uptime; }
# Through a pipe: on a terminal, programs would redraw their progress instead of printing lines.
run() {
    sh "$1" </dev/null 2>&1 | cat
    status=${PIPESTATUS[0]}
}
echo "GUEST-BOOTED $(seconds)"
status=0
if [ -e /etc/testbed/run ]; then
    run /etc/testbed/run
    echo "GUEST-RUN-STATUS $status at $(seconds)"
fi
for file in /etc/testbed/then.*; do
    [ "$status" = 0 ] && [ -e "$file" ] || break
    run "$file"
    echo "GUEST-THEN-STATUS $status at $(seconds)"
done
echo "GUEST-POWEROFF $(seconds)"
sync
# Twice --force: no unit is stopped in order. A stop that hangs is not what these tests are about.
systemctl poweroff --force --force
C
    chmod 755 "$root/usr/local/sbin/testbed-commands"
}

vm_enable() {
    local root=$1 unit=$2 target=$3
    mkdir -p "$root/etc/systemd/system/$target.wants"
    ln -sfn "../$unit" "$root/etc/systemd/system/$target.wants/$unit"
}

# vm_commands ROOT RUN THEN…: an empty RUN means none.
vm_commands() {
    local root=$1 run=$2 number=10 command
    shift 2
    mkdir -p "$root/etc/testbed"
    [ -z "$run" ] || printf '%s\n' "$run" >"$root/etc/testbed/run"
    for command; do
        printf '%s\n' "$command" >"$root/etc/testbed/then.$number"
        number=$((number + 1))
    done
}
