# shellcheck shell=bash
# A node: a systemd-nspawn container with its own network namespace and its own cgroup in every hierarchy.

NODES=$RUN_DIR/nodes
NODE_CGROUPS=/sys/fs/cgroup

node_help() {
    cat <<'H'
testbed node up NAME [IP] [--base base|base-bare]   boot; a new tree if there is none, else the same tree and address
testbed node wait NAME        until systemd says "running" (three minutes at most)
testbed node sh NAME CMD…     run a command in the node (exit status is the command's)
testbed node put NAME SRC DST copy a file or folder into the node's tree
testbed node cut NAME         SIGKILL of the whole node at once; `node up NAME` is the boot after it
testbed node off NAME         orderly shutdown
testbed node down NAME        cut, and remove the tree
testbed node root NAME        prints the path of the tree
testbed node list             NAME IP running|off
H
}

node_main() {
    local act=${1:-} name=${2:-}
    need_root
    [ "$act" != list ] || { node_list; return; }
    case $name in
    '' | *[!a-z0-9-]* | ?????????????*)
        die "node: bad name '$name'" "use 1 to 12 lower-case letters, digits and dashes"
        ;;
    esac
    NODE=$name TREE=$NODES/$name NODE_NS=$RUN_PREFIX-$name
    shift 2
    case $act in
    up) node_up "$@" ;;
    wait) node_wait ;;
    sh) node_sh "$@" ;;
    put) node_put "$@" ;;
    cut) node_cut ;;
    off) node_off ;;
    down) node_down ;;
    root) echo "$TREE" ;;
    *) die "node: unknown action '$act'" "see: testbed node --help" ;;
    esac
}

# node_leader: the pid of the node's PID 1, which is the only child of systemd-nspawn.
node_leader() {
    local nspawn children
    nspawn=$(live_pid "$TREE.pid") || return 1
    children=$(cat "/proc/$nspawn/task/"*/children 2>/dev/null) || return 1
    # shellcheck disable=SC2086
    set -- $children
    [ -n "${1:-}" ] && printf '%s' "$1"
}

node_controllers() {
    if [ "$(stat -f -c %T "$NODE_CGROUPS")" = cgroup2fs ]; then
        echo .
        return
    fi
    local c
    for c in cpu cpuacct cpuset memory devices freezer blkio pids systemd unified; do
        [ ! -d "$NODE_CGROUPS/$c" ] || echo "$c"
    done
}

# node_purge: what a reboot would lose. A stale cgroup costs kubelet three seconds each at its start; a stale network
# namespace keeps rules and links. The veth goes first: namespaces are removed asynchronously.
node_purge() {
    local c folder i
    ip -n "$BRIDGE_NS" link del "v$NODE" 2>/dev/null || true
    for c in $(node_controllers); do
        folder=$NODE_CGROUPS/$c/$NODE_NS
        for ((i = 0; i < 20; i++)); do
            [ -d "$folder" ] || break
            find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || true
            [ -d "$folder" ] && sleep 0.1
        done
    done
    [ ! -e "/run/netns/$NODE_NS" ] || ip netns del "$NODE_NS"
    rm -f "$TREE.pid"
}

# node_gone TENTHS: waits until systemd-nspawn itself has ended.
node_gone() {
    local i
    for ((i = 0; i < $1; i++)); do
        live_pid "$TREE.pid" >/dev/null || return 0
        sleep 0.1
    done
    return 1
}

node_up() {
    local ip='' base=base
    while [ $# -gt 0 ]; do
        case $1 in
        --base) base=${2:-}; shift ;;
        *) ip=$1 ;;
        esac
        shift
    done
    need_command systemd-nspawn ip
    net_exists || die "the network is not up" "run: testbed net up"
    if node_leader >/dev/null; then
        say "node $NODE: already up"
        return 0
    fi
    if [ -z "$ip" ]; then
        ip=$(cat "$TREE.ip" 2>/dev/null) || die "node up $NODE: no address given and none kept" "give one in 10.77.0.0/24"
    fi
    is_done base || die "the node trees are not built" "run: Tests/Testbed/testbed base"
    mkdir -p "$NODES"
    node_purge
    [ -d "$TREE" ] || node_tree "$ip" "$base"
    echo "$ip" >"$TREE.ip"
    node_network "$ip"
    node_launch
}

# node_tree IP BASE: a copy of the prepared tree, renamed into place when it is whole.
node_tree() {
    case $2 in
    base | base-bare) ;;
    *) die "unknown base '$2'" "use base or base-bare" ;;
    esac
    need_disk 2 "a node's tree"
    rm -rf --one-file-system "$TREE.new"
    cp -a --reflink=auto "$TESTBED_DIR/$2" "$TREE.new"
    echo "$NODE" >"$TREE.new/etc/hostname"
    # Without a machine-id systemd takes it for a first boot and applies presets.
    tr -d - </proc/sys/kernel/random/uuid >"$TREE.new/etc/machine-id"
    printf '127.0.0.1 localhost\n%s %s\n' "$1" "$NODE" >"$TREE.new/etc/hosts"
    mv "$TREE.new" "$TREE"
}

node_network() {
    local ip=$1 mac
    # shellcheck disable=SC2086
    mac=$(printf '02:77:%02x:%02x:%02x:%02x' ${ip//./ })
    ip netns add "$NODE_NS"
    ip -n "$NODE_NS" link set lo up
    ip -n "$BRIDGE_NS" link add "v$NODE" type veth peer name eth0 netns "$NODE_NS" address "$mac"
    ip -n "$BRIDGE_NS" link set "v$NODE" master br0 up
    ip -n "$NODE_NS" addr add "$ip/24" dev eth0
    ip -n "$NODE_NS" link set eth0 up
    ip -n "$NODE_NS" route add default via "$NET_GATEWAY"
}

node_launch() {
    local c f folders=()
    for c in $(node_controllers); do
        mkdir -p "$NODE_CGROUPS/$c/$NODE_NS"
        folders+=("$NODE_CGROUPS/$c/$NODE_NS")
        [ "$c" = cpuset ] || continue
        for f in cpus mems; do
            cat "$NODE_CGROUPS/cpuset/cpuset.$f" >"$NODE_CGROUPS/cpuset/$NODE_NS/cpuset.$f"
        done
    done
    # The child moves itself into the node's cgroups and then becomes systemd-nspawn. Without @keyring runc cannot join
    # a session keyring, without /dev/kmsg kubelet stops, without the capabilities ip_forward cannot be set.
    # shellcheck disable=SC2016
    spawn "$TREE.log" "$TREE.pid" bash -c '
        while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 9; shift; done
        shift
        export SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes
        exec "$@"' launch "${folders[@]}" -- \
        systemd-nspawn -q -D "$TREE" -M "$NODE_NS" --hostname="$NODE" --register=no --keep-unit \
        --network-namespace-path="/run/netns/$NODE_NS" --capability=all --resolv-conf=off --bind=/dev/kmsg \
        --system-call-filter=@keyring /usr/local/sbin/node-init
}

node_wait() {
    local i state=
    for ((i = 0; i < 900; i++)); do
        live_pid "$TREE.pid" >/dev/null || die "node $NODE ended while booting" "see $TREE.log"
        state=$(node_sh systemctl is-system-running 2>/dev/null) || true
        [ "$state" = running ] && return 0
        sleep 0.2
    done
    die "node $NODE is '$state' after three minutes, expected 'running'" "see: testbed node sh $NODE systemctl --failed; $TREE.log"
}

node_sh() {
    local leader
    if ! leader=$(node_leader); then
        printf 'testbed: error: node %s is not running\n' "$NODE" >&2
        return 125
    fi
    nsenter -t "$leader" -m -u -i -n -p -C -r -w env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root TERM=dumb LC_ALL=C container=systemd-nspawn KUBECONFIG=/etc/kubernetes/admin.conf "$@"
}

node_put() {
    [ $# = 2 ] || die "node put needs SRC and DST" "see: testbed node --help"
    mkdir -p "$(dirname "$TREE/$2")"
    cp -a --no-preserve=ownership --reflink=auto "$1" "$TREE/$2"
}

# kill -9 of systemd-nspawn alone would leave the node running: its PID 1 is the one to kill.
node_cut() {
    local leader
    if leader=$(node_leader); then
        kill -9 "$leader" 2>/dev/null || true
        node_gone 600 || die "node $NODE did not end within a minute of SIGKILL" "see $TREE.log"
    elif [ -e "$TREE.pid" ]; then
        stop_process "$TREE.pid"
    fi
    node_purge
}

node_off() {
    local leader
    leader=$(node_leader) || { node_purge; return 0; }
    kill -RTMIN+4 "$leader"
    node_gone 1500 || die "node $NODE did not shut down within 150 s" "cut it: testbed node cut $NODE"
    node_purge
}

node_down() {
    local mount
    node_cut
    while read -r mount; do
        umount "$mount"
    done < <(findmnt -rno TARGET | grep "^$TREE/" | sort -r)
    rm -rf --one-file-system "$TREE" "$TREE.new"
    rm -f "$TREE".{pid,ip,log}
}

node_list() {
    local file
    for file in "$NODES"/*.ip; do
        [ -e "$file" ] || continue
        TREE=${file%.ip}
        printf '%s %s %s\n' "$(basename "$TREE")" "$(cat "$file")" "$(node_leader >/dev/null && echo running || echo off)"
    done
}
