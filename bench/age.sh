#!/usr/bin/env bash
# Encrypts and decrypts one file with the age tool and with orrery, in turns, and shows the best of each:
#   bench/age.sh [MEBIBYTES] [RUNS]
# Needs age and GNU time (Debian: apt-get install age time). Each run writes a new file: replacing one waits for the disk.
set -euo pipefail

mebibytes=${1:-256}
runs=${2:-9}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/orrery" --version >/dev/null
if [[ -z ${DOTNET_ROOT:-} ]]; then
  read -r DOTNET_ROOT <"$root/artifacts/launcher/dotnet-root"
  export DOTNET_ROOT
fi
orrery=$root/artifacts/launcher/current/orrery

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
head -c "$((mebibytes * 1024 * 1024))" /dev/urandom >plain
age-keygen -o key 2>/dev/null
recipient=$(age-keygen -y key)
age -r "$recipient" -o sealed plain

# run NAME COMMAND…: wall seconds, processor seconds and peak memory, a line of the log.
run() {
  local name=$1
  shift
  rm -f result
  /usr/bin/time --append --output=log --format="$name %e %U %S %M" "$@"
}

for ((i = 0; i < runs; i++)); do
  run "encrypt/age" age -r "$recipient" -o result plain
  run "encrypt/orrery" "$orrery" age encrypt -r "$recipient" -o result plain
  run "decrypt/age" age -d -i key -o result sealed
  cmp plain result
  run "decrypt/orrery" "$orrery" age decrypt -i key -o result sealed
  cmp plain result
done

echo "$mebibytes MiB, best of $runs"
sort -k1,1 -k2,2n log | awk '
  !($1 in seen) { seen[$1] = 1; wall[$1] = $2; cpu[$1] = $3 + $4; order[++n] = $1 }
  { if ($3 + $4 < cpu[$1]) cpu[$1] = $3 + $4; if ($5 > peak[$1]) peak[$1] = $5 }
  END { for (i = 1; i <= n; i++)
    printf "%-15s %5.2f s wall  %5.2f s CPU  %3d MiB peak\n", order[i], wall[order[i]], cpu[order[i]], peak[order[i]] / 1024 }'
