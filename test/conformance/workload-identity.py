"""Who the standard providers of boto3 say that this process is, and by which of them."""

import json

import boto3

session = boto3.Session()
credentials = session.get_credentials()
print(
    json.dumps(
        {
            "method": credentials.method,
            "refreshable": hasattr(credentials, "refresh_needed"),
            "arn": session.client("sts").get_caller_identity()["Arn"],
        }
    )
)
