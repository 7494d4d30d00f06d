#!/usr/bin/env bash
# Synthesizes the project and each example that is a CDK app.
set -euo pipefail
cd "$(dirname "$0")/.."
for app in cdk.json examples/*/cdk.json; do
  (cd "$(dirname "$app")" && cdk synth --quiet)
done
