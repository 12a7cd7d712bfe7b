#!/bin/bash
# ptxas for the tests that assemble what the kernel language emits, from Debian's nvidia-cuda-toolkit (non-free). The package
# is unpacked rather than installed: its dependencies are 1.6 GB, and ptxas needs none of them. Prints the folder to put on the
# PATH; run as root, with network, once.
#   ptxas.sh [FOLDER]
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-/var/cache}/warplab-ptxas}
if [ ! -x "$folder/usr/bin/ptxas" ]; then
  state=$(mktemp -d)
  trap 'rm -rf "$state"' EXIT
  mkdir -p "$state/lists/partial" "$state/package"
  chmod 755 "$state" "$state/package"
  # The mirror and the release that apt itself uses, with the component that its sources may leave out.
  mirror=$(apt-get indextargets --format '$(SITE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null | awk '!/security/ {print $2; exit}')
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  echo "deb $mirror $release non-free" >"$state/sources.list"
  options=(-q -o Acquire::Retries=3 -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$state/lists" -o APT::Sandbox::User=root)
  {
    apt-get "${options[@]}" update
    (cd "$state/package" && apt-get "${options[@]}" download nvidia-cuda-toolkit)
    mkdir -p "$folder.new"
    dpkg -x "$state"/package/nvidia-cuda-toolkit_*.deb "$folder.new"
  } >&2
  rm -rf "$folder"
  mv "$folder.new" "$folder"
fi
"$folder/usr/bin/ptxas" --version >&2
echo "$folder/usr/bin"
