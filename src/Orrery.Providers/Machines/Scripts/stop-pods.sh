#!/bin/sh
# stop-pods: ends what runs on after K3s has stopped, so that nothing holds a volume.
set -eu

# Containers are in a slice of their own (cgroup driver systemd); each is asked first and killed after its time.
if systemctl is-active --quiet kubepods.slice; then
  systemctl stop kubepods.slice
fi
# What is left of K3s is the keepers of those containers: its unit lets them live over a restart.
systemctl kill --signal=KILL k3s.service || true

# Deepest first: each round takes what nothing is mounted on any more.
rounds_left=10
is_left=yes
while [ "$is_left" = yes ] && [ "$rounds_left" -gt 0 ]; do
  is_left=no
  while read -r _ path _; do
    case $path in
      /run/k3s/* | /var/lib/kubelet/*) umount "$path" || is_left=yes ;;
    esac
  done < /proc/self/mounts
  rounds_left=$((rounds_left - 1))
done
