#!/bin/sh
# keep-file PATH OWNER MODE: makes an empty file, or mends owner and mode of the one that is there. Its content stays.
set -eu

if [ ! -e "$1" ]; then
  install -m 0600 /dev/null "$1"
fi
chown "$2" "$1"
chmod "$3" "$1"
