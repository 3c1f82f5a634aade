# shellcheck shell=bash
# The guest's kernel and its initramfs.

# What has to be there before the disk can be mounted. ext4 and its checksum are built into this kernel.
VM_BOOT_MODULES=(virtio_pci virtio_blk)

vm_build() {
    [ $# = 0 ] || vm_unknown build "$1"
    need_root
    take_lock vm
    if is_done vm; then
        say "vm: kernel $(cat "$VM_KERNEL/version") is already there"
        return 0
    fi
    need_command dpkg-deb depmod modprobe gzip mke2fs qemu-system-x86_64
    need_disk 1 "the guest's kernel"
    mkdir -p "$TESTBED_DIR"/{logs,tmp,vm}
    rm -rf "$VM_KERNEL" "$VM_KERNEL.new"
    vm_fetch_kernel "$VM_KERNEL.new"
    vm_make_initramfs "$VM_KERNEL.new"
    mv "$VM_KERNEL.new" "$VM_KERNEL"
    mark_done vm
    say "vm: kernel $(cat "$VM_KERNEL/version"), $(du -sh "$VM_KERNEL" | cut -f1) in $VM_KERNEL"
}

# vm_fetch_kernel INTO: vmlinuz, config, version and lib/modules/VERSION.
vm_fetch_kernel() {
    local into=$1 package unpacked version
    private_apt bookworm
    package=$(apt-cache "${APT[@]}" depends linux-image-cloud-amd64 | awk '$1 == "Depends:" {print $2; exit}')
    [ -n "$package" ] || die "the archive has no linux-image-cloud-amd64" "use Debian 12 (bookworm) on amd64"
    say "vm: fetching $package"
    scratch
    unpacked=$SCRATCH/kernel
    unpack_deb bookworm "$package" "$unpacked"
    version=$(basename "$(echo "$unpacked"/usr/lib/modules/*)")
    mkdir -p "$into/lib"
    mv "$unpacked/usr/lib/modules" "$into/lib/"
    mv "$unpacked/boot/vmlinuz-$version" "$into/vmlinuz"
    mv "$unpacked/boot/config-$version" "$into/config"
    depmod -b "$into" "$version"
    printf '%s\n' "$version" >"$into/version"
}

# vm_make_initramfs KERNEL: busybox, the modules for the disk, and an init that hands over to the disk's systemd.
vm_make_initramfs() {
    local kernel=$1 root=$SCRATCH/initramfs command
    say "vm: making the initramfs"
    mkdir -p "$root"/{bin,dev,proc,sys,modules,newroot}
    unpack_deb bookworm busybox-static "$SCRATCH/busybox"
    cp "$SCRATCH/busybox/usr/bin/busybox" "$root/bin/busybox"
    for command in sh mount umount insmod sleep echo switch_root; do
        ln -s busybox "$root/bin/$command"
    done
    vm_write_init "$kernel" "$root"
    (cd "$root" && find . | LC_ALL=C sort | ./bin/busybox cpio -o -H newc 2>/dev/null | gzip -6) >"$kernel/initramfs.gz"
}

# vm_write_init KERNEL ROOT: modules are loaded in the order that modprobe would take.
vm_write_init() {
    local kernel=$1 root=$2 module path
    {
        printf '#!/bin/sh\n'
        for module in "${VM_BOOT_MODULES[@]}"; do
            modprobe -d "$kernel" -S "$(cat "$kernel/version")" --show-depends "$module"
        done | awk '$1 == "insmod" && !seen[$2]++ {print $2}' | while read -r path; do
            cp "$path" "$root/modules/"
            printf 'insmod /modules/%s\n' "$(basename "$path")"
        done
        cat <<'I'
mount -t devtmpfs dev /dev
until [ -b /dev/vda ]; do sleep 0.1; done
# Mounting replays the journal, as on any machine that lost power.
mount -t ext4 /dev/vda /newroot || { echo "GUEST-BOOT-FAILED: /dev/vda does not mount"; sleep 1000000; }
mount --move /dev /newroot/dev
exec switch_root /newroot /lib/systemd/systemd
I
    } >"$root/init"
    chmod 755 "$root/init"
}
