#!/bin/sh
# Installs the Debian packages that some tests use where that is possible, and otherwise names them and goes on:
# the tests that need one are then skipped, with a message that names it.
set -u

# package:command it brings (none for fonts, TeX's macros and PostgreSQL, whose commands Debian keeps off the path)
PACKAGES="
chromium:chromium
graphviz:dot
librsvg2-bin:rsvg-convert
poppler-utils:pdftotext
fonts-dejavu:
postgresql:
texlive-latex-base:pdflatex
texlive-pictures:
"

missing() {
    for entry in $PACKAGES; do
        package=${entry%%:*}
        command=${entry#*:}
        if [ -n "$command" ]; then
            command -v "$command" >/dev/null 2>&1 || printf ' %s' "$package"
        elif command -v dpkg-query >/dev/null 2>&1; then
            dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
                printf ' %s' "$package"
        fi
    done
}

wanted=$(missing)
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "system packages: installing$wanted"
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # one word a package
    { apt-get update -qq && apt-get install -qq --yes --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $wanted; } >"$log" 2>&1 || tail -n 5 "$log" >&2
    rm -f "$log"
    wanted=$(missing)
    [ -n "$wanted" ] || exit 0
fi

echo "system packages: expected$wanted, found none of them. The tests that need them are skipped;" \
    "on Debian: apt-get install$wanted" >&2
