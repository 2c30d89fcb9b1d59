#!/bin/sh
# unmount-volume PATH: writes out what is in memory and lets the disk go, so that it can move to another machine.
set -eu

path=$1
seconds_max=30

sync
waited=0
while mountpoint -q "$path"; do
  if umount "$path"; then
    continue
  fi
  if [ "$waited" -ge "$seconds_max" ]; then
    echo "$path is still in use after $seconds_max s" >&2
    exit 1
  fi
  sleep 1
  waited=$((waited + 1))
done
