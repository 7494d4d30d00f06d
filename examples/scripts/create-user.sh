#!/usr/bin/env bash
# Makes a user and gives it an inline policy, over REST.
#   create-user.sh NAME     needs PORTCULLIS_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
set -euo pipefail
name=$1

call() {
  curl --silent --show-error --fail-with-body --aws-sigv4 aws:amz:us-east-1:iam \
    --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --header 'Content-Type: application/json' \
    --request "$1" --data "$3" "$PORTCULLIS_URL/iam$2"
  echo
}

call POST /users "{\"UserName\": \"$name\"}"
call PUT "/users/$name/policies/read-orders" '{"PolicyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"orders:GetOrder\", \"Resource\": \"*\"}}"}'
