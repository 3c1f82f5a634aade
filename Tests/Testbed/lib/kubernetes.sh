# shellcheck shell=bash
# Kubernetes v1.20.2 from Debian's source package, with Debian's Go 1.19. About six minutes on two cores.

KUBERNETES_VERSION=v1.20.2
KUBERNETES_COMMANDS=(kubeadm kubelet kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy)
KUBERNETES_BIN=$TESTBED_DIR/kubernetes/bin
KUBERNETES_SOURCE=$TESTBED_DIR/kubernetes/source

kubernetes_help() {
    cat <<'H'
testbed kubernetes
  Builds kubeadm, kubelet, kubectl, kube-apiserver, kube-controller-manager, kube-scheduler and kube-proxy v1.20.2
  into $TESTBED_DIR/kubernetes/bin. Needs 5 GiB while it builds; keeps 0.5 GiB.
H
}

kubernetes_main() {
    need_root
    take_lock kubernetes
    if is_done kubernetes; then
        say "kubernetes: already built in $KUBERNETES_BIN"
        return 0
    fi
    need_command dpkg-source rsync make gcc apt-get
    [ -x /usr/lib/go-1.19/bin/go ] || die "Go 1.19 is missing" "run: Tests/Testbed/testbed deps"
    need_disk 6 "building Kubernetes"
    mkdir -p "$TESTBED_DIR"/{logs,tmp,kubernetes}
    kubernetes_fetch
    kubernetes_compile
    kubernetes_keep
    mark_done kubernetes
    say "kubernetes: done, $(du -sh "$KUBERNETES_BIN" | cut -f1) in $KUBERNETES_BIN"
}

kubernetes_fetch() {
    local work=$TESTBED_DIR/kubernetes dsc
    rm -rf "$KUBERNETES_SOURCE"
    say "kubernetes: fetching the source package"
    private_apt bookworm
    mkdir -p "$work/download"
    (cd "$work/download" && run_logged "$TESTBED_DIR/logs/kubernetes-fetch.log" \
        apt-get "${APT[@]}" source --download-only kubernetes)
    dsc=$(find "$work/download" -name 'kubernetes_*.dsc' | sort -V | tail -n 1)
    case $dsc in
    *really1.20.2*) ;;
    *) die "the archive's Kubernetes source is $(basename "$dsc"), expected 1.20.2" "use Debian 12 (bookworm)" ;;
    esac
    run_logged "$TESTBED_DIR/logs/kubernetes-unpack.log" dpkg-source --no-check -x "$dsc" "$KUBERNETES_SOURCE"
    # With Go 1.19 the vendored reflect2 makes kubeadm panic while it writes YAML: take Debian's own, newer copy.
    rm -rf "$work/reflect2" "$KUBERNETES_SOURCE/vendor/github.com/modern-go/reflect2"
    unpack_deb bookworm golang-github-modern-go-reflect2-dev "$work/reflect2"
    cp -rL "$work/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2" \
        "$KUBERNETES_SOURCE/vendor/github.com/modern-go/reflect2"
    rm -rf "$work/reflect2"
}

# kubernetes_go_environment: a subshell's settings for building in the source tree with nothing but its vendor folder.
kubernetes_go_environment() {
    local work=$TESTBED_DIR/kubernetes
    unset GOROOT GO111MODULE GOPROXY
    export PATH=/usr/lib/go-1.19/bin:$PATH CGO_ENABLED=0 GOFLAGS='' GOTOOLCHAIN=local
    export GOPATH=$KUBERNETES_SOURCE/.go GOCACHE=$work/gocache HOME=$work/home TMPDIR=$TESTBED_DIR/tmp
    mkdir -p "$GOPATH/src/k8s.io" "$HOME"
    ln -sfn ../../.. "$GOPATH/src/k8s.io/kubernetes"
}

kubernetes_compile() {
    local work=$TESTBED_DIR/kubernetes
    say "kubernetes: compiling (several minutes; log: $TESTBED_DIR/logs/kubernetes-build.log)"
    cat >"$work/version" <<'V'
KUBE_GIT_COMMIT='faecb196815e248d3ecfb03c680a4507229c2a56'
KUBE_GIT_TREE_STATE='clean'
KUBE_GIT_VERSION='v1.20.2'
KUBE_GIT_MAJOR='1'
KUBE_GIT_MINOR='20'
V
    (
        kubernetes_go_environment
        export KUBE_GIT_VERSION_FILE=$work/version SOURCE_DATE_EPOCH=1610561400
        cd "$KUBERNETES_SOURCE" || exit 1
        run_logged "$TESTBED_DIR/logs/kubernetes-build.log" \
            make GOLDFLAGS='-s -w' WHAT="${KUBERNETES_COMMANDS[*]/#/cmd/}"
    )
}

# kubernetes_keep: what later parts need (the programs, pause.c, the vendored DNS message code), and no more.
kubernetes_keep() {
    local work=$TESTBED_DIR/kubernetes c
    rm -rf "$work/bin.new"
    mkdir -p "$work/bin.new" "$work/kept"
    for c in "${KUBERNETES_COMMANDS[@]}"; do
        cp "$KUBERNETES_SOURCE/_output/bin/$c" "$work/bin.new/"
    done
    [ "$("$work/bin.new/kubeadm" version -o short)" = "$KUBERNETES_VERSION" ] ||
        die "the built kubeadm says $("$work/bin.new/kubeadm" version -o short), expected $KUBERNETES_VERSION" "remove $work and build again"
    cp "$KUBERNETES_SOURCE/build/pause/linux/pause.c" "$work/kept/"
    rm -rf "$KUBERNETES_BIN"
    mv "$work/bin.new" "$KUBERNETES_BIN"
    rm -rf "${work:?}"/{source,gocache,download,home} "$work"/*.orig.tar.*
}
