#!/bin/sh
# Proves the claim of the README: on a bare Debian 12 with git, Node, npm, Python and pip, each of the two commands is
# the whole set-up. Makes such a machine (debootstrap and chroot), clones this repository's HEAD into it and runs both
# commands twice. Needs root, debootstrap, and the Node that runs here (Debian 12's own is too old).
#
#   scripts/freshMachine.sh [--copy FILE]... [--env NAME=VALUE]... [--only test|demo] FOLDER
#
# FOLDER keeps the bare machine (FOLDER/base) and the used one (FOLDER/root). --copy and --env carry over what this
# network needs to reach the package registries, such as a certificate or an npm configuration.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
copies= variables= only=
while [ $# -gt 1 ]; do
  case $1 in
    --copy) copies="$copies $2" ;;
    --env) variables="$variables $2" ;;
    --only) only=$2 ;;
    *) echo "unknown option $1" >&2 && exit 2 ;;
  esac
  shift 2
done
folder=${1:?which folder?}
base=$folder/base root=$folder/root

if [ ! -d "$base" ]; then
  mkdir -p "$folder"
  debootstrap --variant=minbase --include=git,ca-certificates,python3,python3-pip bookworm "$base.new"
  prefix=$(dirname "$(dirname "$(command -v node)")")
  for part in bin/node lib/node_modules/npm include/node; do
    mkdir -p "$base.new/usr/local/$(dirname $part)"
    cp -a "$prefix/$part" "$base.new/usr/local/$part"
  done
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$base.new/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$base.new/usr/local/bin/npx"
  mv "$base.new" "$base"
fi

rm -rf --one-file-system "$root"
cp -a "$base" "$root"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
for file in $copies; do
  mkdir -p "$root$(dirname "$file")"
  cp -L "$file" "$root$file"
done
git clone --quiet --no-hardlinks "$repository" "$root/root/waymark"

# Its own process and mount namespaces: whatever a command leaves behind ends with it.
inside() {
  unshare --mount --pid --fork sh -c '
    set -e
    mount --make-rprivate /
    mount -t proc proc "$0/proc"
    mount --rbind /sys "$0/sys"
    mount --rbind /dev "$0/dev"
    mount -t tmpfs tmpfs "$0/dev/shm"
    root=$0
    exec chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
  ' "$root" $variables sh -c "cd /root/waymark && $1"
}

failures=0
for command in 'npm test' 'npm test' 'npm run demo -- --smoke --out /tmp/smoke' 'npm run demo -- --smoke --out /tmp/smoke'; do
  case $command in *"$only"*) ;; *) continue ;; esac
  echo "== $command"
  started=$(date +%s)
  if inside "$command"; then result=passed; else result=FAILED failures=$((failures + 1)); fi
  echo "== $result after $(($(date +%s) - started)) s: $command"
done
exit $failures
