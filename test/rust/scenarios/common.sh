# What every scenario begins with:  . "${0%/*}/common.sh"
# A scenario runs in an empty folder and fails with its first failing command.
# $LINKGRAD is the bin folder of the build.

set -eu
config=$LINKGRAD/linkgrad-config
here=$(cd "${0%/*}" && pwd)
"$RUN_RUST_TESTS" --build "$LINKGRAD/.." --can-run || exit
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
export CARGO_NET_OFFLINE=true

scratch=scratch-$(basename "$0" .sh)
rm -rf "$scratch"
mkdir "$scratch"
cd "$scratch"

# package NAME: Cargo.toml of a package that uses the crate.
package() {
  mkdir -p src
  cat >Cargo.toml <<END
[package]
name = "$1"
version = "0.1.0"
edition = "2021"

[dependencies]
linkgrad = { path = "$("$config" --crate)" }

[workspace]
END
}

# configure: what linkgrad-config prints for cargo.
configure() {
  mkdir -p .cargo
  "$config" --cargo-config >.cargo/config.toml
}

# expect TEXT COMMAND...: the command succeeds and prints exactly this.
expect() {
  wanted=$1
  shift
  got=$("$@")
  [ "$got" = "$wanted" ] || { echo "$*: printed '$got', not '$wanted'"; exit 1; }
}

# refused TEXT COMMAND...: the command fails and says this.
refused() {
  wanted=$1
  shift
  status=0
  "$@" >log 2>&1 || status=$?
  cat log
  [ $status != 0 ] || { echo "$*: succeeded"; exit 1; }
  grep -qF -e "$wanted" log || { echo "$*: did not say '$wanted'"; exit 1; }
}
