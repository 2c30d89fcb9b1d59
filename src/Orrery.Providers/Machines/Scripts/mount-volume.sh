#!/bin/sh
# mount-volume DEVICE PATH: waits for the disk, formats it only where it is blank, mounts it now and at each boot.
set -eu

device=$1
path=$2
seconds_max=120

wait_for_device() {
  waited=0
  while [ ! -b "$device" ]; do
    if [ "$waited" -ge "$seconds_max" ]; then
      echo "the disk $device did not appear within $seconds_max s: is the volume attached?" >&2
      exit 1
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

# blkid says 2 where it finds nothing, but also where it cannot read. Blank is only what was read and is all zeros.
format_if_blank() {
  code=0
  found=$(blkid -p -o value -s TYPE "$device") || code=$?
  if [ "$code" -eq 0 ] && [ "$found" = ext4 ]; then
    return 0
  fi
  if [ "$code" -eq 2 ] && cmp -s -n 1048576 "$device" /dev/zero; then
    mkfs.ext4 -q "$device"
    return 0
  fi
  echo "the disk $device holds something that is not ext4 ('$found', blkid says $code): it is left as it is" >&2
  exit 1
}

write_fstab() {
  if ! grep -q "^$device $path " /etc/fstab; then
    options=defaults,discard,nofail,x-systemd.device-timeout=30s
    printf '%s %s ext4 %s 0 2\n' "$device" "$path" "$options" >> /etc/fstab
  fi
}

if mountpoint -q "$path"; then
  exit 0
fi
wait_for_device
format_if_blank
mkdir -p "$path"
write_fstab
# At a reboot fstab may have been quicker.
mount "$path" || mountpoint -q "$path"
