# shellcheck shell=bash
# The packages that the test bed needs.

# For nodes alone, on any Debian or Ubuntu.
DEPS_PACKAGES=(systemd-container debootstrap rsync iproute2 nftables iptables kmod jq python3 util-linux mount file
    ca-certificates debian-archive-keyring xz-utils zstd)
# For an upstream and guests made of what Debian 12 packages.
DEPS_UPSTREAM=(containerd runc containernetworking-plugins docker-registry skopeo umoci etcd-server etcd-client
    golang-1.19-go dpkg-dev make gcc libc6-dev binutils openssl qemu-system-x86 e2fsprogs)
DEPS_SERVICES=(containerd docker-registry etcd)

deps_help() {
    cat <<'H'
testbed deps
  Installs the packages that the test bed needs: on Debian 12 all of them, elsewhere those for nodes, whose archive is
  then named by DEBIAN_ARCHIVE. None of their services is left running or enabled by it.
H
}

deps_main() {
    local missing=() p
    need_root
    grep -q '^VERSION_CODENAME=bookworm' /etc/os-release && DEPS_PACKAGES+=("${DEPS_UPSTREAM[@]}")
    for p in "${DEPS_PACKAGES[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
    done
    if [ ${#missing[@]} = 0 ]; then
        say "deps: all ${#DEPS_PACKAGES[@]} packages are installed"
        return 0
    fi
    need_disk 2 "installing packages"
    say "deps: installing ${missing[*]}"
    # In a subshell: its refusal is no end yet.
    (archive_base) >/dev/null 2>&1 || run_logged "$TESTBED_DIR/logs/deps-update.log" apt-get -q update
    archive_base >/dev/null
    deps_no_services
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" \
        >"$TESTBED_DIR/logs/deps.log" 2>&1; then
        run_logged "$TESTBED_DIR/logs/deps-update.log" apt-get -q update
        run_logged "$TESTBED_DIR/logs/deps.log" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "${missing[@]}"
    fi
    for p in "${DEPS_SERVICES[@]}"; do
        # Only what this run brought in, and only where systemd runs at all.
        case " ${missing[*]} " in
        *" $p "* | *" $p-server "*) [ ! -d /run/systemd/system ] || systemctl disable -q "$p" 2>/dev/null || true ;;
        esac
    done
    say "deps: done"
}

# Packages start their services when installed: forbid that for the duration, unless the machine has its own rule.
deps_no_services() {
    local policy=/usr/sbin/policy-rc.d
    mkdir -p "$TESTBED_DIR/logs"
    [ ! -e "$policy" ] || return 0
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    # shellcheck disable=SC2064
    trap "rm -f '$policy'" EXIT
}
