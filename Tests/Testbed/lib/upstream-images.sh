# shellcheck shell=bash
# The upstream's images, built from the programs above and the distribution's packages.

# image_tree ROOT: the folders that any image needs, with merged /usr.
image_tree() {
    local root=$1 d
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64,local/bin} "$root"/{etc,tmp,var,run,proc,sys,dev}
    for d in bin sbin lib lib64; do
        ln -s "usr/$d" "$root/$d"
    done
    echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
    chmod 1777 "$root/tmp"
}

# image_debs ROOT PACKAGE…
image_debs() {
    local root=$1 p
    shift
    for p; do
        unpack_deb bookworm "$p" "$root"
    done
}

# push ROOT REPOSITORY:TAG CONFIG [--list]
push() {
    say "upstream: image $(python3 "$TESTBED_SOURCES/image-push.py" "$REGISTRY" "$2" "$1" "$3" ${4:+"$4"})"
    rm -rf --one-file-system "$1"
}

# images_push REGISTRY-URL
images_push() {
    local c root=$SCRATCH/image
    REGISTRY=$1
    for c in kube-apiserver kube-controller-manager kube-scheduler; do
        image_tree "$root"
        cp "$KUBERNETES_BIN/$c" "$root/usr/local/bin/"
        push "$root" "$c:$KUBERNETES_VERSION" "{\"Entrypoint\": [\"/usr/local/bin/$c\"]}" --list
    done
    image_kube_proxy "$root"
    image_etcd "$root"
    image_coredns "$root"
    image_pause "$root"
    image_busybox "$root"
}

image_kube_proxy() {
    local root=$1 x
    image_tree "$root"
    image_debs "$root" libc6 libxtables12 libip4tc2 libip6tc2 libnftnl11 libmnl0 libnetfilter-conntrack3 libnfnetlink0 \
        conntrack iptables ipset libipset13 busybox-static
    for x in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
        ln -sfn xtables-nft-multi "$root/usr/sbin/$x"
    done
    ln -sfn busybox "$root/usr/bin/sh"
    cp "$KUBERNETES_BIN/kube-proxy" "$root/usr/local/bin/"
    push "$root" "kube-proxy:$KUBERNETES_VERSION" '{"Entrypoint": ["/usr/local/bin/kube-proxy"]}' --list
}

# The distribution's etcd 3.4 under the tag that kubeadm 1.20 asks for.
image_etcd() {
    local root=$1 x
    image_tree "$root"
    image_debs "$root" libc6 etcd-server etcd-client busybox-static
    ln -sfn busybox "$root/usr/bin/sh"
    for x in etcd etcdctl; do
        ln -s "../../bin/$x" "$root/usr/local/bin/$x"
    done
    push "$root" etcd:3.4.13-0 '{"Labels": {"kubeferry.testbed": "etcd of Debian 12, not upstream 3.4.13"}}' --list
}

image_coredns() {
    local root=$1
    image_tree "$root"
    mkdir -p "$root/etc/ssl/certs" "$SCRATCH/go"
    (
        export CGO_ENABLED=0 GO111MODULE=off GOFLAGS='' GOCACHE=$SCRATCH/go/cache GOPATH=$SCRATCH/go HOME=$SCRATCH/go
        unset GOROOT
        run_logged "$TESTBED_DIR/logs/coredns-build.log" /usr/lib/go-1.19/bin/go build -trimpath \
            -ldflags '-s -w -buildid=' -o "$root/coredns" "$TESTBED_SOURCES/coredns/main.go"
    )
    push "$root" coredns:1.7.0 \
        '{"Entrypoint": ["/coredns"], "Labels": {"kubeferry.testbed": "stand-in for CoreDNS, not CoreDNS"}}' --list
}

image_pause() {
    local root=$1
    mkdir -p "$root"
    gcc -Os -Wall -static -DVERSION=v3.2 -o "$root/pause" "$TESTBED_DIR/kubernetes/kept/pause.c"
    strip "$root/pause"
    push "$root" pause:3.2 '{"Entrypoint": ["/pause"]}' --list
}

# The test workload. A dynamic busybox: the static one crashes in getaddrinfo when there are no NSS libraries.
image_busybox() {
    local root=$1 applet
    image_tree "$root"
    image_debs "$root" libc6 busybox
    while read -r applet; do
        [ -e "$root/usr/bin/$applet" ] || ln -s busybox "$root/usr/bin/$applet"
    done < <("$root/usr/bin/busybox" --list)
    push "$root" kubeferry/busybox:1 '{"Entrypoint": ["/bin/sh"]}'
}
