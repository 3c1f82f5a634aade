# shellcheck shell=bash
# A local upstream, laid out exactly like the real ones: a tree of files and a registry's storage.

UPSTREAM=$TESTBED_DIR/upstream
UPSTREAM_FILES=$UPSTREAM/files
# What runs (pids, ports, env) belongs to a run; the default run keeps it where everyone looks for it.
UPSTREAM_RUN=$UPSTREAM
[ "$TESTBED_RUN" = default ] || UPSTREAM_RUN=$RUN_DIR/upstream
# Later containerd releases, from later suites; unpacked, never installed.
# shellcheck disable=SC2034
UPSTREAM_LATER_SUITES=(trixie sid)

upstream_help() {
    cat <<'H'
testbed upstream build               make the files and the registry's content (needs `testbed kubernetes`)
testbed upstream up [--token-auth]   serve both on 127.0.0.1; $TESTBED_DIR/upstream/env gets FILES_URL and REGISTRY_URL
testbed upstream down | status
  --token-auth: the registry answers 401 with a Bearer challenge; anyone gets a pull token from the realm it names
H
}

upstream_main() {
    case ${1:-} in
    build) upstream_build ;;
    up) upstream_up "${2:-}" ;;
    down) upstream_down ;;
    status) upstream_status ;;
    *) die "upstream: unknown action '${1:-}'" "see: testbed upstream --help" ;;
    esac
}

upstream_build() {
    need_root
    take_lock upstream
    if is_done upstream; then
        say "upstream: already built in $UPSTREAM"
        return 0
    fi
    is_done kubernetes || die "Kubernetes is not built yet" "run: Tests/Testbed/testbed kubernetes"
    need_command docker-registry skopeo python3 gcc tar dpkg-deb
    need_disk 2 "building the upstream"
    upstream_down
    rm -rf "$UPSTREAM"
    mkdir -p "$UPSTREAM_FILES" "$TESTBED_DIR"/{logs,tmp}
    scratch
    files_kubernetes
    files_containerd_bookworm
    files_containerd_later
    files_runc
    files_cni
    files_crictl
    say "upstream: images"
    registry_up ""
    images_push "http://127.0.0.1:$(cat "$UPSTREAM_RUN/registry.port")"
    stop_process "$UPSTREAM_RUN/registry.pid"
    mark_done upstream
    say "upstream: done, $(du -sh "$UPSTREAM" | cut -f1) in $UPSTREAM"
}

upstream_up() {
    local flag=${1:-} files_port
    is_done upstream || die "the upstream is not built yet" "run: Tests/Testbed/testbed upstream build"
    take_lock upstream-run
    if live_pid "$UPSTREAM_RUN/files.pid" >/dev/null && [ "$(cat "$UPSTREAM_RUN/mode" 2>/dev/null)" = "$flag" ] &&
        live_pid "$UPSTREAM_RUN/registry.pid" >/dev/null && [ -e "$UPSTREAM_RUN/env" ]; then
        say "upstream: already up"
        cat "$UPSTREAM_RUN/env"
        return 0
    fi
    upstream_stop
    mkdir -p "$UPSTREAM_RUN"
    files_port=$(free_port)
    spawn "$TESTBED_DIR/logs/files.log" "$UPSTREAM_RUN/files.pid" \
        python3 -m http.server --bind 127.0.0.1 --directory "$UPSTREAM_FILES" "$files_port"
    registry_up "$flag"
    await_http "http://127.0.0.1:$files_port/" "$TESTBED_DIR/logs/files.log"
    printf 'FILES_URL=http://127.0.0.1:%s\nREGISTRY_URL=http://127.0.0.1:%s\n' \
        "$files_port" "$(cat "$UPSTREAM_RUN/registry.port")" >"$UPSTREAM_RUN/env.new"
    mv "$UPSTREAM_RUN/env.new" "$UPSTREAM_RUN/env"
    echo "$flag" >"$UPSTREAM_RUN/mode"
    say "upstream: up"
    cat "$UPSTREAM_RUN/env"
}

upstream_stop() {
    local name
    rm -f "$UPSTREAM_RUN/env"
    for name in files registry token; do
        [ ! -e "$UPSTREAM_RUN/$name.pid" ] || stop_process "$UPSTREAM_RUN/$name.pid"
    done
}

upstream_down() {
    upstream_stop
    say "upstream: down"
}

upstream_status() {
    if live_pid "$UPSTREAM_RUN/files.pid" >/dev/null && live_pid "$UPSTREAM_RUN/registry.pid" >/dev/null; then
        cat "$UPSTREAM_RUN/env"
    else
        say "upstream: down"
        return 3
    fi
}

# await_http URL LOG: any HTTP answer will do, 401 too.
await_http() {
    local i
    for ((i = 0; i < 600; i++)); do
        python3 - "$1" <<'P' && return 0
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=2)
except urllib.error.HTTPError:
    pass
except OSError:
    sys.exit(1)
P
        sleep 0.1
    done
    die "nothing answers at $1" "see $2"
}

# registry_up FLAG: docker-registry on a free port, kept in registry.port.
registry_up() {
    local port
    port=$(free_port)
    mkdir -p "$UPSTREAM/registry" "$UPSTREAM_RUN"
    cat >"$UPSTREAM_RUN/registry.yml" <<Y
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $UPSTREAM/registry}, delete: {enabled: false}}
http: {addr: "127.0.0.1:$port"}
Y
    if [ "$1" = --token-auth ]; then
        token_up
    fi
    spawn "$TESTBED_DIR/logs/registry.log" "$UPSTREAM_RUN/registry.pid" docker-registry serve "$UPSTREAM_RUN/registry.yml"
    await_http "http://127.0.0.1:$port/v2/" "$TESTBED_DIR/logs/registry.log"
    echo "$port" >"$UPSTREAM_RUN/registry.port"
}

# token_up: the token server, and the registry's settings for it.
token_up() {
    local port
    port=$(free_port)
    if [ ! -e "$UPSTREAM_RUN/token.crt" ]; then
        run_logged "$TESTBED_DIR/logs/token-key.log" openssl req -x509 -newkey rsa:2048 -nodes -days 3650 \
            -subj "/CN=kubeferry-testbed" -keyout "$UPSTREAM_RUN/token.key" -out "$UPSTREAM_RUN/token.crt"
    fi
    spawn "$TESTBED_DIR/logs/token.log" "$UPSTREAM_RUN/token.pid" \
        python3 "$TESTBED_SOURCES/token-server.py" "$port" "$UPSTREAM_RUN/token.key" "$UPSTREAM_RUN/token.crt"
    cat >>"$UPSTREAM_RUN/registry.yml" <<Y
auth:
  token:
    realm: http://127.0.0.1:$port/token
    service: kubeferry-testbed
    issuer: kubeferry-testbed
    rootcertbundle: $UPSTREAM_RUN/token.crt
Y
    await_http "http://127.0.0.1:$port/token" "$TESTBED_DIR/logs/token.log"
}
