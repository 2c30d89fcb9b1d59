#!/bin/sh
# install-k3s BASE-URL: puts K3s and the images of its own parts in place, without starting anything.
set -eu

base=$1
images=/var/lib/rancher/k3s/agent/images
work=/var/lib/orrery/k3s

case $(uname -m) in
  aarch64) binary=k3s-arm64 processor=arm64 ;;
  *) binary=k3s processor=amd64 ;;
esac
archive=k3s-airgap-images-$processor.tar.zst

mkdir -p "$work" "$images"
cd "$work"
/usr/local/lib/orrery/fetch "$base" "sha256sum-$processor.txt" "$binary"
/usr/local/lib/orrery/fetch "$base" "sha256sum-$processor.txt" "$archive"
chmod 0755 "$binary"
mv "$binary" /usr/local/bin/k3s
mv "$archive" "$images/$archive"
ln -sf k3s /usr/local/bin/kubectl
ln -sf k3s /usr/local/bin/crictl
