#!/bin/sh
# keep-directory PATH OWNER MODE: makes a directory, or mends the owner and mode of the one that is there.
set -eu

mkdir -p "$1"
chown "$2" "$1"
chmod "$3" "$1"
