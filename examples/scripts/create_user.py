#!/usr/bin/env python3
"""Makes a user and a policy, and attaches the one to the other, over REST. The standard library is enough.

    create_user.py NAME     needs PORTCULLIS_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
"""
import hashlib
import hmac
import json
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime, timezone
from functools import reduce
from urllib.parse import quote, urlsplit


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def call(method, segments, given=None):
    """Calls a route that has no query. Segments are encoded here: an ARN is one segment."""
    path = "/iam/" + "/".join(quote(segment, safe="") for segment in segments)
    url = os.environ["PORTCULLIS_URL"] + path
    body = b"" if given is None else json.dumps(given).encode()
    time = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{time[:8]}/us-east-1/iam/aws4_request"
    # The path as it is sent, encoded once more.
    canonical = "\n".join([
        method, quote(urlsplit(url).path, safe="/~"), "", f"host:{urlsplit(url).netloc}", f"x-amz-date:{time}", "",
        "host;x-amz-date", hashlib.sha256(body).hexdigest(),
    ])
    key = reduce(digest, scope.split("/"), b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode())
    to_sign = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    headers = {
        "X-Amz-Date": time,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope}, "
        f"SignedHeaders=host;x-amz-date, Signature={digest(key, to_sign).hex()}",
    }
    if body:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=body or None, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        told = json.load(error)
        sys.exit(f"{told['code']}: {told['message']}")


name = sys.argv[1]
user = call("POST", ["users"], {"UserName": name})["User"]
document = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "orders:GetOrder", "Resource": "*"},
}
policy = call(
    "POST", ["policies"], {"PolicyName": f"{name}-reads-orders", "PolicyDocument": json.dumps(document)}
)["Policy"]
call("PUT", ["users", name, "attached-policies", policy["Arn"]])
print(f"{user['Arn']} has {policy['Arn']}")
