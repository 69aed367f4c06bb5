#!/usr/bin/env bash
# deploy/roll_out.sh OVERLAY IMAGE@DIGEST COMMAND...
#
# Applies deploy/kubernetes/overlays/OVERLAY with that image, waits until it serves, and runs the command (a smoke
# test). If anything of that fails, web, worker and the clock's jobs go back to what ran before, and this exits 1.
# The database stays migrated: a version runs with the tables of the next (docs/operations.md, "Upgrade and roll-back").
set -euo pipefail

usage='deploy/roll_out.sh OVERLAY IMAGE@sha256:DIGEST COMMAND...'
overlay="$(dirname "$0")/kubernetes/overlays/${1:?$usage}" image="${2:?$usage}"
shift 2
[[ $# -gt 0 && $image =~ @sha256:[0-9a-f]{64}$ ]] || { echo "$usage" >&2; exit 2; }
namespace=$(sed -n 's/^namespace: *//p' "$overlay/kustomization.yaml")
wanted=$(mktemp)
trap 'rm -f "$wanted"' EXIT

in_namespace() { kubectl --namespace "$namespace" "$@"; }
revision() { in_namespace get deployment "$1" --ignore-not-found -o 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}'; }
wait_for() { in_namespace rollout status "deployment/$1" --timeout=10m; }

kubectl kustomize "$overlay" | sed -E "s|image: [^ ]*/library@sha256:[0-9a-f]{64}$|image: $image|" >"$wanted"
grep -q "image: $image\$" "$wanted" || { echo "The overlay $overlay names no image of the library to replace." >&2; exit 1; }
web=$(revision web) worker=$(revision worker)

roll_out() {
    in_namespace delete job migrate --ignore-not-found && # a finished job can't be changed
        kubectl apply --filename "$wanted" &&
        in_namespace wait --for=condition=complete job/migrate --timeout=30m &&
        wait_for web && wait_for worker && "$@"
}

roll_back() {
    if [[ -z $web || -z $worker ]]; then
        echo "Nothing ran here before, so there is nothing to go back to." >&2
        return
    fi
    local bad=""
    in_namespace rollout undo deployment/web --to-revision="$web" || bad+=" web"
    in_namespace rollout undo deployment/worker --to-revision="$worker" || bad+=" worker"
    in_namespace set image cronjob --all "*=$(in_namespace get deployment web -o 'jsonpath={.spec.template.spec.containers[0].image}')" || bad+=" cronjobs"
    wait_for web || bad+=" web"
    wait_for worker || bad+=" worker"
    if [[ $bad ]]; then
        echo "The roll-back is not complete: look at$bad in the namespace $namespace." >&2
    else
        echo "Rolled back to what ran before." >&2
    fi
}

roll_out "$@" || { roll_back; exit 1; }
echo "$image serves $namespace."
