#!/bin/sh
# prepare K3S-URL K9S-URL: makes the machine ready to run K3s, which it does not start. Safe to repeat.
# Leaves /var/lib/orrery/prepared when all is done, /var/lib/orrery/diagnosis when something failed.
set -eu

state=/var/lib/orrery
mkdir -p "$state"
rm -f "$state/prepared" "$state/diagnosis"

run() {
  echo "orrery: $*"
  if ! "$@"; then
    echo "failed: $*" > "$state/diagnosis"
    exit 1
  fi
}

run netplan apply
run swapoff -a
run systemctl daemon-reload
run systemctl enable orrery-metadata.service
run systemctl start orrery-metadata.service
run systemctl enable orrery-volumes.service
run /usr/local/lib/orrery/install-k3s "$1"
run /usr/local/lib/orrery/install-k9s "$2"
echo ok > "$state/prepared"
