#!/bin/sh
# `make demo`: a real onboarding sequence for one record, compiled, explained, submitted; and submitted again.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$root/.demo
record=maya.chen@northwind.example
csm=ben.okafor@cadence.example

say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$1"; }
run() { printf '\n$ %s\n' "$*"; "$@"; }

rm -rf "$scratch"
mkdir "$scratch"
cd "$scratch"
cp -R "$root/sequences" sequences

say "1. A project: its settings, and a small activity store in .cadence/ in place of a CRM"
run cadence init
run cadence team import sequences/demo/team.yaml
run cadence records import sequences/demo/records.csv

say "2. Check the sequence file, then compile it for one record. Nothing is written."
run cadence check sequences
run cadence plan onboarding --record "$record" --param "csm=$csm"

say "3. Why is the kickoff on that day, at that hour?"
run cadence explain onboarding --record "$record" --param "csm=$csm" --step kickoff

say "4. Submit it: in order, each intent written down before it is sent"
run cadence apply onboarding --record "$record" --param "csm=$csm"

say "5. Once more: nothing is sent twice"
run cadence apply onboarding --record "$record" --param "csm=$csm"
run cadence status

say "All of this is in .demo/ - edit .demo/sequences/onboarding.yaml and plan again to see what would move."
