#!/usr/bin/env bash
# Build the worker image and the flex template, and launch a job from it.
#
#   PROJECT=my-project REGION=europe-west1 BUCKET=my-bucket deploy/dataflow/launch.sh build
#   ... deploy/dataflow/launch.sh run    --feeds=gs://my-bucket/feeds.opml --output=gs://my-bucket/news
#   ... deploy/dataflow/launch.sh stream --feeds=gs://my-bucket/feeds.opml --output=gs://my-bucket/news --every=1m
#   ... deploy/dataflow/launch.sh update JOB --feeds=... --output=...     (a stream, with the same options)
#   ... deploy/dataflow/launch.sh drain JOB_ID
#
# Options are those of deploy/dataflow/metadata.json. DRY_RUN=1 prints the commands instead of running them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version="$(sed -n 's/.*version="\([^"]*\)".*/\1/p' setup.py)"
image="${IMAGE:-${REGION:?the region, such as europe-west1}-docker.pkg.dev/${PROJECT:?the project id}/dateline/dateline:$version}"
template="gs://${BUCKET:?a bucket for the template and for staging}/templates/dateline-$version.json"

do_() { if [ -n "${DRY_RUN:-}" ]; then printf '%q ' "$@"; echo; else "$@"; fi; }

build() {
    do_ docker build -f deploy/dataflow/Dockerfile -t "$image" .
    do_ docker push "$image"
    do_ gcloud dataflow flex-template build "$template" --project "$PROJECT" --image "$image" \
        --sdk-language PYTHON --metadata-file deploy/dataflow/metadata.json
}

# what the pipeline is told: --name=value pairs, joined with a sign that no URL has
parameters() {
    local command="$1" joined="^~^command=$1~sdk_container_image=$image"
    shift
    for option in "$@"; do
        case "$option" in
            --*=*) joined+="~${option#--}" ;;
            *) echo "launch.sh: $option: options are given as --name=value" >&2; exit 2 ;;
        esac
    done
    echo "$joined"
}

launch() {
    local command="$1" more=()
    shift
    if [ "$command" = update ]; then
        more=(--update --job-name "${1:?the name of the running job}")
        command=stream
        shift
    else
        more=(--job-name "dateline-$command-$(date -u +%Y%m%d-%H%M%S)")
    fi
    [ "$command" = stream ] && more+=(--enable-streaming-engine)
    do_ gcloud dataflow flex-template run "${more[@]}" --project "$PROJECT" --region "$REGION" \
        --template-file-gcs-location "$template" --staging-location "gs://$BUCKET/staging" \
        --temp-location "gs://$BUCKET/temp" --additional-experiments no_use_multiple_sdk_containers \
        --parameters "$(parameters "$command" "$@")"
}

case "${1:-}" in
    build) build ;;
    run | stream | update) launch "$@" ;;
    drain) do_ gcloud dataflow jobs drain "${2:?the job id}" --project "$PROJECT" --region "$REGION" ;;
    *) sed -n '2,11p' "$0" >&2; exit 2 ;;
esac
