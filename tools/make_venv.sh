#!/bin/sh
# make_venv.sh PYTHON VENV WHAT: installs WHAT (. or .[test]) into VENV, made with PYTHON, at the pinned versions.
set -eu
python=$1
venv=$2
what=$3

fail() {
    echo "set-up: $1" >&2
    exit 1
}

if [ ! -x "$venv/bin/python" ]; then
    command -v "$python" >/dev/null 2>&1 ||
        fail "expected Python 3.11 or newer as '$python', found none. Install it, or name it: make PYTHON=python3.12 ..."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "expected Python 3.11 or newer, found $("$python" --version). Name another: make PYTHON=python3.12 ..."
    echo "set-up: making $venv"
    if ! "$python" -m venv --clear "$venv"; then
        rm -rf "$venv"
        fail "'$python -m venv' failed. On Debian install the package python3-venv."
    fi
fi

echo "set-up: installing $what into $venv (minutes the first time, seconds later)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --constraint constraints.txt --editable "$what" ||
    fail "pip failed, see above. Mend it and run the same command again; 'make clean' starts afresh."
