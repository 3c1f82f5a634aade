# shellcheck shell=bash
# The nodes' network: a bridge in a network namespace of its own, which routes nowhere and counts what tries to leave.

# Several runs share one $TESTBED_DIR (TESTBED_RUN tells them apart): all names on the machine carry this prefix.
TESTBED_RUN=${TESTBED_RUN:-default}
RUN_DIR=$TESTBED_DIR/runs/$TESTBED_RUN
RUN_PREFIX=kf$(printf '%s' "$TESTBED_DIR|$TESTBED_RUN" | sha256sum | cut -c1-6)
BRIDGE_NS=$RUN_PREFIX-br
NET_GATEWAY=10.77.0.1
NET_NODES=10.77.0.0/24
NET_PODS=${TESTBED_POD_CIDR:-10.244.0.0/16}
NET_SERVICES=${TESTBED_SERVICE_CIDR:-10.96.0.0/12}

net_help() {
    cat <<'H'
testbed net up      bridge namespace, 10.77.0.1/24, no route out
testbed net down    remove it (nodes of this run must be down)
testbed net leaks   prints how many packets were addressed to anything but nodes, pods and services; must be 0
testbed net ns      prints the namespace's name (nsenter --net=/run/netns/NAME to reach the nodes)
  TESTBED_POD_CIDR (10.244.0.0/16) and TESTBED_SERVICE_CIDR (10.96.0.0/12) are not counted as leaks.
H
}

net_main() {
    need_root
    case ${1:-} in
    up) net_up ;;
    down) net_down ;;
    leaks) net_leaks ;;
    ns) echo "$BRIDGE_NS" ;;
    *) die "net: unknown action '${1:-}'" "see: testbed net --help" ;;
    esac
}

# A name without a namespace behind it is what a mount namespace that has ended leaves.
net_exists() { nsenter --net="/run/netns/$BRIDGE_NS" true 2>/dev/null; }

net_up() {
    need_command ip nft nsenter
    if net_exists; then
        say "net: already up ($BRIDGE_NS)"
        return 0
    fi
    mkdir -p "$RUN_DIR"
    conntrack_raise
    rm -f "/run/netns/$BRIDGE_NS"
    ip netns add "$BRIDGE_NS"
    ip -n "$BRIDGE_NS" link set lo up
    ip -n "$BRIDGE_NS" link add br0 type bridge
    ip -n "$BRIDGE_NS" addr add "$NET_GATEWAY/24" dev br0
    ip -n "$BRIDGE_NS" link set br0 up
    nsenter --net="/run/netns/$BRIDGE_NS" nft -f - <<N
table inet leaks {
    counter outside4 {}
    # Who was asked for, for the report.
    set outside { type ipv4_addr; flags dynamic; size 64; }
    counter outside6 {}
    # Link-local never leaves a network: Kubernetes 1.20's kubelet asks 169.254.169.254, where clouds keep credentials.
    chain arriving {
        type filter hook prerouting priority -300; policy accept;
        iifname "br0" ip daddr != { $NET_NODES, $NET_PODS, $NET_SERVICES, 169.254.0.0/16, 224.0.0.0/4, 255.255.255.255 } \
            add @outside { ip daddr } counter name outside4 drop
        iifname "br0" ip6 daddr != { fe80::/10, ff00::/8 } counter name outside6 drop
    }
    chain forwarding {
        type filter hook forward priority 0; policy drop;
        # From node to node: with br_netfilter, bridged packets pass here too.
        iifname "br0" oifname "br0" accept
    }
}
N
    say "net: up ($BRIDGE_NS)"
}

net_down() {
    if net_exists; then
        ip netns del "$BRIDGE_NS"
        say "net: down"
    fi
    # The name alone, where its namespace went with the mount namespace that it was made in.
    rm -f "/run/netns/$BRIDGE_NS"
    conntrack_restore
}

net_leaks() {
    net_exists || die "the network is not up" "run: testbed net up"
    nsenter --net="/run/netns/$BRIDGE_NS" nft -j list counters table inet leaks |
        jq '[.nftables[] | .counter? // empty | .packets] | add'
}

# kube-proxy wants exactly this value, and a node's namespace cannot write it. The old one is kept for the clean-up.
conntrack_raise() {
    local file=/proc/sys/net/netfilter/nf_conntrack_max want now
    [ -e "$file" ] || return 0
    want=$(($(nproc) * 32768))
    [ "$want" -ge 131072 ] || want=131072
    now=$(cat "$file")
    [ "$now" = "$want" ] && return 0
    [ -e "$TESTBED_DIR/conntrack.saved" ] || echo "$now" >"$TESTBED_DIR/conntrack.saved"
    echo "$want" >"$file"
}

# Only when no run of this test bed has its network any more.
conntrack_restore() {
    local saved=$TESTBED_DIR/conntrack.saved run
    [ -e "$saved" ] || return 0
    for run in "$TESTBED_DIR"/runs/*; do
        [ -d "$run" ] || continue
        run=kf$(printf '%s' "$TESTBED_DIR|$(basename "$run")" | sha256sum | cut -c1-6)-br
        [ ! -e "/run/netns/$run" ] || return 0
    done
    cat "$saved" >/proc/sys/net/netfilter/nf_conntrack_max
    rm -f "$saved"
}
