#!/bin/sh
# fetch BASE-URL SUMS FILE: downloads a file of a release into the current folder and holds it to the release's sums.
set -eu

base=$1
sums=$2
file=$3

download() {
  curl -fsSL --retry 8 --retry-delay 2 --retry-connrefused --connect-timeout 10 --max-time 300 -o "$1" "$base/$1"
}

download "$sums"
download "$file"
# A sum that the list lacks is a failure too: sha256sum refuses to check nothing.
grep "[ *]$file\$" "$sums" > "$file.sum"
sha256sum -c "$file.sum"
