#!/bin/sh
# stop-pods: ends what runs on after K3s has stopped, so that nothing holds a volume.
set -eu

# Containers are in a slice of their own (cgroup driver systemd); each is asked first and killed after its time.
if systemctl is-active --quiet kubepods.slice; then
  systemctl stop kubepods.slice
fi
# What is left of K3s is the keepers of those containers: its unit lets them live over a restart.
systemctl kill --signal=KILL k3s.service || true

# Deepest first. What stays mounted is told again by whoever unmounts the volumes.
for path in $(findmnt -rn -o TARGET | sort -r); do
  case $path in
    /run/k3s/* | /var/lib/kubelet/*) umount "$path" || echo "$path is still in use" >&2 ;;
  esac
done
