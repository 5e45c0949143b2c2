#!/usr/bin/env bash
# Dateline on this machine, from nothing but Python.
#
#   ./run_local.sh                                  the bundled demo site: no internet, about a minute after the first set-up
#   ./run_local.sh --feeds my.opml --output DIR     your feeds; every option of `dateline run` may follow
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="$here/.venv"

say() { printf '\033[1m%s\033[0m\n' "$*"; }

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}; do
        if "$name" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "run_local.sh: Dateline needs Python 3.10 to 3.13; install one, or name it: PYTHON=/path/to/python ./run_local.sh" >&2
    exit 2
}

set_up() {
    # a finished set-up leaves a stamp; another setup.py sets up anew
    if [ -e "$venv/.installed" ] && [ "$venv/.installed" -nt "$here/setup.py" ]; then return; fi
    if [ -e "$venv/.dev-installed" ] && [ "$venv/.dev-installed" -nt "$here/setup.py" ]; then return; fi
    local python
    python="$(find_python)"
    say "Setting up .venv with $("$python" --version); this takes a minute or two, once."
    if [ ! -x "$venv/bin/python" ] && ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        echo "run_local.sh: $python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2
        exit 2
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$here"
    touch "$venv/.installed"
}

demo() {
    local output feeds
    output="${DATELINE_DEMO_OUTPUT:-$here/out/demo}"
    rm -rf "$output"
    mkdir -p "$output"
    feeds="$output/feeds.opml"
    "$venv/bin/python" -m pipeline.demo --feeds "$feeds" &
    site=$!
    trap 'kill "$site" 2>/dev/null || true' EXIT  # site is no local: the trap runs after the function
    while [ ! -e "$feeds" ]; do
        kill -0 "$site" 2>/dev/null || { echo "run_local.sh: the demo site did not start" >&2; exit 1; }
        sleep 0.1
    done

    say "First run: everything is new."
    run_demo "$feeds" "$output"
    say "Second run: nothing is new."
    run_demo "$feeds" "$output"
    say "An editor changes one article; the third run finds just that."
    "$venv/bin/python" -m pipeline.demo.edit "$feeds"
    run_demo "$feeds" "$output"
    say "What came out (invented news, asked with DuckDB):"
    "$venv/bin/python" -m pipeline.demo.show "$output/data"
    echo "The data lies in $output/data; remove it when you like. Your own feeds: ./run_local.sh --feeds my.opml --output DIR"
}

# the demo site is its own: it may be polled as often and as fast as one likes
run_demo() {
    "$venv/bin/dateline" run --feeds "$1" --output "$2/data" --allow_private_hosts 127.0.0.1 --min_poll 0 --host_delay 0.01
}

set_up
cd "$here" && if [ $# -eq 0 ]; then demo; exit; fi
cd "$OLDPWD"
exec "$venv/bin/dateline" run "$@"
