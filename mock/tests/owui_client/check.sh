#!/usr/bin/env bash
# Runs the Python client `owui-client` against the mock, once for each version
# that it emulates; or, with OPENWEBUI_URL and OPENWEBUI_TOKEN set, against the
# server there and nothing else. Needs Rust and python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."

here=mock/tests/owui_client
# One folder for each version that the mock emulates; the conformance suite checks that.
versions=$(ls mock/tests/conformance/recorded | sort -V)
[ -n "$versions" ] || { echo "no versions are recorded" >&2; exit 1; }
target=${CARGO_TARGET_DIR:-target}

# One environment for each python and set of requirements; a broken
# installation leaves none that would be taken for a whole one.
hash=$(python3 - $here/requirements.txt <<'PYTHON'
import hashlib, sys
with open(sys.argv[1], "rb") as requirements:
    print(hashlib.sha256(sys.version.encode() + requirements.read()).hexdigest()[:16])
PYTHON
)
environment=$target/owui-client/$hash
if [ ! -e "$environment/complete" ]; then
    echo "installing $(grep -v '^#' $here/requirements.txt) into $environment"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check -r $here/requirements.txt
    touch "$environment/complete"
fi
walk() { "$environment/bin/python" $here/run.py; }

if [ -n "${OPENWEBUI_URL:-}" ] && [ -n "${OPENWEBUI_TOKEN:-}" ]; then
    walk
    echo "owui-client ran against $OPENWEBUI_URL"
    exit
fi

cargo build --quiet --package owui-groups-cli

mock=
printed=$(mktemp)
stop() {
    if [ -n "$mock" ]; then
        kill "$mock" 2>/dev/null || true
        wait "$mock" 2>/dev/null || true
        mock=
    fi
}
trap 'stop; rm -f "$printed"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for version in $versions; do
    : >"$printed"
    "$target/debug/owui-groups" mock --emulate "$version" >"$printed" &
    mock=$!
    for _ in $(seq 100); do
        grep -q '^OPENWEBUI_TOKEN=' "$printed" && break
        kill -0 "$mock" 2>/dev/null || { echo "the mock of $version did not start" >&2; exit 1; }
        sleep 0.1
    done
    OPENWEBUI_URL=$(sed -n 's/^OPENWEBUI_URL=//p' "$printed") \
        OPENWEBUI_TOKEN=$(sed -n 's/^OPENWEBUI_TOKEN=//p' "$printed") \
        walk || { echo "owui-client failed on the mock of $version" >&2; exit 1; }
    stop
done
echo "owui-client ran against the mock of" $versions
