# shellcheck shell=bash
# Packages for the test bed. The machine's own apt settings are read (where its archive is), never changed.

# archive_base: the archive address that this machine's own bookworm packages come from.
archive_base() {
    local base=${DEBIAN_ARCHIVE:-}
    if [ -n "$base" ]; then
        printf '%s' "$base"
        return 0
    fi
    # shellcheck disable=SC2016
    base=$(apt-get indextargets --format '$(LABEL)|$(CODENAME)|$(SITE)' 'Identifier: Packages' 2>/dev/null |
        awk -F'|' '$1 == "Debian" && $2 == "bookworm" {print $3; exit}')
    [ -n "$base" ] ||
        die "this machine's apt sources name no Debian 12 (bookworm) archive" "use Debian 12, or name such an archive: DEBIAN_ARCHIVE=http://…"
    printf '%s' "$base"
}

# private_apt SUITE: apt state of our own for one suite, below $TESTBED_DIR/apt/SUITE. Sets APT, the options for apt-get.
private_apt() {
    local suite=$1 dir=$TESTBED_DIR/apt/$1 base
    base=$(archive_base)
    mkdir -p "$dir"/lists/partial "$dir"/cache/archives/partial "$dir"/parts
    : >"$dir/status"
    APT=(-q -o "Dir::Etc::SourceList=$dir/sources.list" -o "Dir::Etc::SourceParts=$dir/parts"
        -o "Dir::Etc::Preferences=$dir/none" -o "Dir::Etc::PreferencesParts=$dir/parts"
        -o "Dir::State::Lists=$dir/lists" -o "Dir::State::Status=$dir/status" -o "Dir::Cache=$dir/cache"
        -o "APT::Sandbox::User=root" -o "Acquire::Retries=3" -o "Acquire::Languages=none")
    [ -e "$dir/ready" ] && return 0
    {
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$base" "$suite"
        printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$base" "$suite"
    } >"$dir/sources.list"
    run_logged "$TESTBED_DIR/logs/apt-$suite.log" apt-get "${APT[@]}" update
    touch "$dir/ready"
}

# unpack_deb SUITE PACKAGE INTO: download a package of that suite (never installed) and unpack it, with merged /usr.
unpack_deb() {
    local suite=$1 package=$2 into=$3 dir=$TESTBED_DIR/debs/$1 deb tree top
    mkdir -p "$dir" "$into"
    deb=$(find "$dir" -name "${package}_*.deb" | sort -V | tail -n 1)
    if [ -z "$deb" ]; then
        private_apt "$suite"
        (cd "$dir" && run_logged "$TESTBED_DIR/logs/download-$suite-$package.log" apt-get "${APT[@]}" download "$package")
        deb=$(find "$dir" -name "${package}_*.deb" | sort -V | tail -n 1)
    fi
    tree=$(mktemp -d "$TESTBED_DIR/tmp/deb.XXXXXX")
    dpkg-deb -x "$deb" "$tree"
    rm -rf "$tree"/usr/share/{doc,man,locale,lintian,bash-completion,bug}
    for top in bin sbin lib lib64; do
        [ -d "$tree/$top" ] || continue
        mkdir -p "$tree/usr/$top"
        cp -a "$tree/$top/." "$tree/usr/$top/"
        rm -rf "${tree:?}/$top"
    done
    cp -a "$tree/." "$into/"
    rm -rf "$tree"
}

# has_package SUITE PACKAGE
has_package() {
    private_apt "$1"
    apt-cache "${APT[@]}" show "$2" >/dev/null 2>&1
}
