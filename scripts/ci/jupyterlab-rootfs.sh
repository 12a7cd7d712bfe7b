#!/bin/bash
# A real JupyterLab for the end-to-end tests: a Debian 13 in a folder with JupyterLab 4 from its packages, about 420 MB, made
# in about a minute and kept for the next time. Nothing outside the folder changes, and nothing is installed on the machine.
#
#   jupyterlab-rootfs.sh check                   succeeds when it is there and complete
#   jupyterlab-rootfs.sh build                   makes it, unless it is there and complete
#   jupyterlab-rootfs.sh serve PORT FOLDER       serves FOLDER on 127.0.0.1:PORT until it is stopped
#   jupyterlab-rootfs.sh exec FOLDER COMMAND...  runs a command there, in FOLDER: python3, jupyter nbconvert, ...
#
# Needs root, debootstrap and unshare. `serve` and `exec` pass JUPYTER_PATH and JUPYTER_CONFIG_PATH on: kernelspecs, labextensions and
# settings are found through them when they lie below FOLDER, which is seen at its own path, as is the node that runs here. WARPLAB_HIDE_LABEXTENSIONS names
# installed labextensions (space-separated, @jupyter-widgets/jupyterlab-manager) that are to be missing.
#
# WARPLAB_JUPYTERLAB_SUITE=sid, with a WARPLAB_JUPYTERLAB of its own, takes newer packages, Notebook 7 among them; `serve` starts
# it where WARPLAB_JUPYTER_PROGRAM=jupyter-notebook. Nothing depends on that suite: its packages change from day to day.
#
# Mounts are made in a mount namespace of this command's own: they end with it, however it ends.
set -euo pipefail

suite=${WARPLAB_JUPYTERLAB_SUITE:-trixie}
home=${WARPLAB_JUPYTERLAB:-${XDG_CACHE_HOME:-/var/cache}/warplab-jupyterlab}
root=$home/root

# What JupyterLab's server imports. JupyterLab and its widget manager themselves are unpacked, not installed: they depend on
# some 640 packages of JavaScript that only building them needs.
server_packages=(
  python3-async-lru python3-httpx python3-jinja2 python3-jupyter-core python3-jupyter-events python3-jupyter-server
  python3-jupyterlab-server python3-notebook-shim python3-packaging python3-rpds-py python3-setuptools python3-tornado
  python3-traitlets
  # What speaks to kernels without JupyterLab: the protocol's own conformance tests, nbconvert, ipywidgets to compare with.
  python3-jupyter-client python3-jupyter-kernel-test python3-nbconvert python3-ipywidgets
)
unpacked_packages=(jupyterlab python3-jupyterlab-widgets)
# Debian 13 has Notebook 6, which is another program; later suites have Notebook 7, which is JupyterLab in another dress.
[ "$suite" = trixie ] || unpacked_packages+=(jupyter-notebook python3-notebook)

fail() {
  echo "jupyterlab-rootfs: $*" >&2
  exit 2
}

# Runs this script again where mounts are private and every process ends with the first.
in_private_namespace() {
  [ "$(id -u)" = 0 ] || fail "must run as root"
  exec unshare --mount --propagation private --pid --fork --kill-child "$0" "$@"
}

# The mirror that this machine's own apt uses for Debian, whichever of its two formats names it.
debian_mirror() {
  local mirror
  mirror=$(
    cat /etc/apt/sources.list.d/debian.sources 2>/dev/null | awk '$1 == "URIs:" { print $2; exit }'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
      sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) [a-z]* .*main.*/\2/p'
  )
  mirror=${mirror%%$'\n'*}
  [ -n "$mirror" ] || fail "apt's sources name no Debian mirror"
  echo "$mirror"
}

# What is in the root: another recipe makes another.
recipe() {
  { declare -f build && echo "$suite ${server_packages[*]} ${unpacked_packages[*]}"; } | sha256sum
}

is_complete() {
  [ "$(cat "$root/.complete" 2>/dev/null)" = "$(recipe)" ]
}

build() {
  mkdir -p "$home"
  exec 9>"$home/lock"
  flock 9
  if is_complete; then return; fi
  local partial=$home/partial mirror
  mirror=$(debian_mirror)
  rm -rf --one-file-system "$partial" "$root"
  debootstrap --variant=minbase "$suite" "$partial" "$mirror"
  # How this machine reaches the mirror: proxies, certificates.
  cp -a /etc/apt/apt.conf.d/. "$partial/etc/apt/apt.conf.d/"
  echo "deb $mirror $suite main" >"$partial/etc/apt/sources.list"
  mount -t proc proc "$partial/proc"
  mount --rbind /dev "$partial/dev"
  chroot "$partial" apt-get -q update
  chroot "$partial" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${server_packages[@]}"
  chroot "$partial" sh -c 'cd /tmp && apt-get -q -o APT::Sandbox::User=root download "$@"' sh "${unpacked_packages[@]}"
  local package
  for package in "$partial"/tmp/*.deb; do
    dpkg-deb --extract "$package" "$partial"
    rm "$package"
  done
  chroot "$partial" apt-get clean
  rm -rf "$partial"/var/lib/apt/lists/*
  umount "$partial/proc"
  umount --recursive "$partial/dev"
  recipe >"$partial/.complete"
  mv "$partial" "$root"
}

# Prepares the root for a command over FOLDER and sets `inside`, the words that run one in it.
enter() {
  local folder=$1 node
  is_complete || fail "not built: run $0 build"
  node=$(realpath "$(command -v node)")
  mkdir -p "$root$folder" "$root$(dirname "$node")"
  [ -e "$root$node" ] || touch "$root$node"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --bind "$folder" "$root$folder"
  mount --bind "$node" "$root$node"
  # Its settings and runtime files are of this run only; /root may be where FOLDER lies.
  mkdir -p "$root/run/warplab-home"
  mount -t tmpfs tmpfs "$root/run/warplab-home"
  inside=(chroot "$root" /usr/bin/env -i --chdir="$folder" HOME=/run/warplab-home LANG=C.UTF-8 JUPYTER_PLATFORM_DIRS=0
    PATH="$(dirname "$node"):/usr/local/bin:/usr/bin:/bin" JUPYTER_PATH="${JUPYTER_PATH:-}"
    JUPYTER_CONFIG_PATH="${JUPYTER_CONFIG_PATH:-}")
}

serve() {
  local port=$1 folder extension
  folder=$(realpath "$2")
  enter "$folder"
  for extension in ${WARPLAB_HIDE_LABEXTENSIONS:-}; do
    # An empty folder over it: JupyterLab sees no extension there.
    mount -t tmpfs tmpfs "$root/usr/share/jupyter/labextensions/$extension"
  done
  exec "${inside[@]}" \
    "/usr/bin/${WARPLAB_JUPYTER_PROGRAM:-jupyter-lab}" --allow-root --no-browser --ip=127.0.0.1 --port="$port" --ServerApp.port_retries=0 \
    --ServerApp.root_dir="$folder" --IdentityProvider.token= --ServerApp.password= --ServerApp.disable_check_xsrf=True
}

run_command() {
  local folder
  folder=$(realpath "$1")
  shift
  enter "$folder"
  exec "${inside[@]}" "$@"
}

case ${1:-} in
check) is_complete ;;
build)
  if is_complete; then exit; fi
  in_private_namespace build-here
  ;;
serve)
  [ $# = 3 ] || fail "serve takes a port and a folder"
  in_private_namespace serve-here "$2" "$3"
  ;;
exec)
  [ $# -ge 3 ] || fail "exec takes a folder and a command"
  shift
  in_private_namespace exec-here "$@"
  ;;
build-here) build ;;
serve-here) serve "$2" "$3" ;;
exec-here)
  shift
  run_command "$@"
  ;;
*) fail "check, build, serve or exec? See the top of $0" ;;
esac
