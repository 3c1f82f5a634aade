# shellcheck shell=bash
# The upstream's files, in the layout and with the checksum formats of the real release pages.

sha256_of() { sha256sum "$1" | cut -d' ' -f1; }

# pack FOLDER OUT MEMBER…: a reproducible gzip tarball.
pack() {
    local from=$1 out=$2
    shift 2
    mkdir -p "$(dirname "$out")"
    tar -C "$from" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -cf - "$@" | gzip -n >"$out"
}

files_kubernetes() {
    local release=$UPSTREAM_FILES/dl.k8s.io/release c
    local bin=$release/$KUBERNETES_VERSION/bin/linux/amd64
    say "upstream: Kubernetes programs"
    mkdir -p "$bin"
    for c in kubeadm kubelet kubectl; do
        ln -f "$KUBERNETES_BIN/$c" "$bin/$c" 2>/dev/null || cp "$KUBERNETES_BIN/$c" "$bin/$c"
        printf '%s' "$(sha256_of "$bin/$c")" >"$bin/$c.sha256"
    done
    for c in stable stable-1 "stable-${KUBERNETES_VERSION:1:4}"; do
        printf '%s' "$KUBERNETES_VERSION" >"$release/$c.txt"
    done
}

# files_containerd SUITE EXPECTED-OR-EMPTY
files_containerd() {
    local suite=$1 expected=$2 tree=$SCRATCH/containerd-$1 version out
    unpack_deb "$suite" containerd "$tree"
    version=$(basename "$(find "$TESTBED_DIR/debs/$suite" -name 'containerd_*.deb' | sort -V | tail -n 1)")
    version=${version#containerd_}
    version=${version%%[~+-]*}
    [ -z "$expected" ] || [ "$version" = "$expected" ] ||
        die "$suite has containerd $version, expected $expected" "use Debian 12's archive as it is"
    out=$UPSTREAM_FILES/github.com/containerd/containerd/releases/download/v$version/containerd-$version-linux-amd64.tar.gz
    mv "$tree/usr/bin" "$tree/bin"
    pack "$tree" "$out" bin
    (cd "$(dirname "$out")" && sha256sum "$(basename "$out")" >"$(basename "$out").sha256sum")
    say "upstream: containerd $version (from $suite)"
}

files_containerd_bookworm() { files_containerd bookworm 1.6.20; }

# Their absence is reported, not fatal: no required test depends on the newest suite.
files_containerd_later() {
    local suite
    for suite in "${UPSTREAM_LATER_SUITES[@]}"; do
        if has_package "$suite" containerd; then
            files_containerd "$suite" ""
        else
            say "upstream: no containerd from $suite: the archive does not have that suite"
        fi
    done
}

files_runc() {
    local out=$UPSTREAM_FILES/github.com/opencontainers/runc/releases/download/v1.1.5
    unpack_deb bookworm runc "$SCRATCH/runc"
    mkdir -p "$out"
    install -m 755 "$SCRATCH/runc/usr/sbin/runc" "$out/runc.amd64"
    printf '%s *runc.amd64\n' "$(sha256_of "$out/runc.amd64")" >"$out/runc.sha256sum"
    say "upstream: $("$out/runc.amd64" --version | head -n 1)"
}

files_cni() {
    local out=$UPSTREAM_FILES/github.com/containernetworking/plugins/releases/download/v1.1.1
    unpack_deb bookworm containernetworking-plugins "$SCRATCH/cni"
    pack "$SCRATCH/cni/usr/lib/cni" "$out/cni-plugins-linux-amd64-v1.1.1.tgz" .
    (cd "$out" && sha256sum cni-plugins-linux-amd64-v1.1.1.tgz >cni-plugins-linux-amd64-v1.1.1.tgz.sha256)
    say "upstream: CNI plugins 1.1.1"
}

files_crictl() {
    local out=$UPSTREAM_FILES/github.com/kubernetes-sigs/cri-tools/releases/download/v1.20.0
    local name=crictl-v1.20.0-linux-amd64.tar.gz
    mkdir -p "$SCRATCH/crictl"
    install -m 755 "$TESTBED_SOURCES/crictl" "$SCRATCH/crictl/crictl"
    pack "$SCRATCH/crictl" "$out/$name" crictl
    sha256_of "$out/$name" >"$out/$name.sha256"
    say "upstream: crictl (a stand-in over ctr: Debian has none)"
}
