# shellcheck shell=bash
# The node trees: what a minimal Debian 12 server has before anyone brings Kubernetes to it.

# Present on any minimal server. The product may rely on these.
BASE_PACKAGES=systemd,systemd-sysv,dbus,iproute2,procps,kmod,util-linux,mount,iputils-ping,netbase,ca-certificates,openssl
# What kubeadm's preflight asks for; only the tree `base` has them.
BASE_TOOLS=(conntrack iptables socat ethtool ipset ebtables)
# Units that wait for hardware, time or terminals that a node does not have.
BASE_MASKED=(console-getty.service getty.target systemd-logind.service apt-daily.timer apt-daily-upgrade.timer
    e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-networkd-wait-online.service systemd-networkd.service
    systemd-networkd.socket systemd-firstboot.service dev-hugepages.mount sys-kernel-debug.mount
    sys-kernel-tracing.mount)
# Built into this kernel, but without a module folder `modprobe` cannot know it. ip_vs, dummy and ipip are absent.
BASE_BUILTIN=(fs/overlayfs/overlay net/bridge/bridge net/bridge/br_netfilter net/netfilter/nf_conntrack
    net/netfilter/nf_nat net/netfilter/x_tables net/ipv4/netfilter/ip_tables net/netfilter/nf_tables
    net/netfilter/ipset/ip_set drivers/net/vxlan/vxlan drivers/net/veth drivers/net/tun fs/fuse/fuse
    drivers/block/loop)

base_help() {
    cat <<'H'
testbed base
  Builds two bare Debian 12 trees, without containerd, runc, CNI plugins or any Kubernetes program:
    $TESTBED_DIR/base-bare   a minimal server
    $TESTBED_DIR/base        the same with conntrack, iptables, socat, ethtool, ipset and ebtables
H
}

base_main() {
    need_root
    take_lock base
    if is_done base; then
        say "base: already built in $TESTBED_DIR/base and base-bare"
        return 0
    fi
    need_command debootstrap chroot depmod
    need_real_filesystem
    need_disk 3 "building the node trees"
    mkdir -p "$TESTBED_DIR"/{logs,tmp,debs/bookworm}
    base_bootstrap "$TESTBED_DIR/base-bare"
    base_tools "$TESTBED_DIR/base-bare" "$TESTBED_DIR/base"
    base_finish "$TESTBED_DIR/base-bare"
    base_finish "$TESTBED_DIR/base"
    mark_done base
    say "base: done, $(du -shc "$TESTBED_DIR"/base{,-bare} | tail -n 1 | cut -f1)"
}

base_bootstrap() {
    local root=$1 base
    say "base: debootstrap into $root"
    base=$(archive_base)
    rm -rf --one-file-system "$root"
    mkdir -p "$TESTBED_DIR/debs/bootstrap"
    run_logged "$TESTBED_DIR/logs/debootstrap.log" debootstrap --variant=minbase --include="$BASE_PACKAGES" \
        --cache-dir="$TESTBED_DIR/debs/bootstrap" --components=main bookworm "$root" "$base"
}

# base_tools FROM TO: a copy with the host tools. The packages are downloaded outside, so the tree needs no network.
base_tools() {
    local from=$1 to=$2
    say "base: host tools (${BASE_TOOLS[*]}) into $to"
    rm -rf --one-file-system "$to"
    cp -a --reflink=auto "$from" "$to"
    private_apt bookworm
    rm -rf "$TESTBED_DIR/debs/tools"
    mkdir -p "$TESTBED_DIR/debs/tools/partial"
    # Dependencies are resolved against the tree's own package status.
    run_logged "$TESTBED_DIR/logs/tools-download.log" apt-get "${APT[@]}" -y --download-only --no-install-recommends \
        -o "Dir::State::Status=$to/var/lib/dpkg/status" -o "Dir::Cache::Archives=$TESTBED_DIR/debs/tools" \
        install "${BASE_TOOLS[@]}"
    mkdir -p "$to/var/tmp/debs"
    cp "$TESTBED_DIR"/debs/tools/*.deb "$to/var/tmp/debs/"
    printf '#!/bin/sh\nexit 101\n' >"$to/usr/sbin/policy-rc.d"
    chmod 755 "$to/usr/sbin/policy-rc.d"
    run_logged "$TESTBED_DIR/logs/tools-install.log" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C \
        DEBIAN_FRONTEND=noninteractive chroot "$to" sh -c 'dpkg -i /var/tmp/debs/*.deb'
    rm -rf "$to/var/tmp/debs" "$to/usr/sbin/policy-rc.d"
}

# base_finish ROOT: what makes the tree boot quickly as a node on this machine.
base_finish() {
    local root=$1 unit
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/{bootstrap,dpkg,alternatives}.log
    rm -f "$root/etc/machine-id" "$root/etc/resolv.conf" "$root/etc/hostname"
    # A name server that refuses at once. The host's may be a black hole: ten seconds for each look-up.
    echo 'nameserver 10.77.0.1' >"$root/etc/resolv.conf"
    mkdir -p "$root/var/lib/dbus"
    ln -sfn /etc/machine-id "$root/var/lib/dbus/machine-id"
    install -m 755 "$TESTBED_SOURCES/node-init" "$root/usr/local/sbin/node-init"
    for unit in "${BASE_MASKED[@]}"; do
        ln -sfn /dev/null "$root/etc/systemd/system/$unit"
    done
    base_modules "$root"
}

base_modules() {
    local root=$1 version modules
    version=$(uname -r)
    modules=$root/lib/modules/$version
    if [ -d "/lib/modules/$version/kernel" ]; then
        mkdir -p "$root/lib/modules"
        cp -a "/lib/modules/$version" "$root/lib/modules/"
        return 0
    fi
    mkdir -p "$modules"
    printf 'kernel/%s.ko\n' "${BASE_BUILTIN[@]}" >"$modules/modules.builtin"
    : >"$modules/modules.order"
    depmod -b "$root" "$version"
}
