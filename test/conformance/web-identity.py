"""Who boto3's provider of web identities says that this process is, what it may list, and that it renews its credentials by itself."""

import datetime
import json
import os
import urllib.error
import urllib.request

import boto3
import botocore.credentials
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

session = boto3.Session()
credentials = session.get_credentials()


def list_orders():
    """The status that a guarded API answers a signed request with."""
    url = os.environ["ORDERS_URL"]
    signed = AWSRequest(method="GET", url=url)
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", "us-east-1").add_auth(signed)
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=dict(signed.headers))).status
    except urllib.error.HTTPError as error:
        return error.code


arn = session.client("sts").get_caller_identity()["Arn"]
first = credentials.get_frozen_credentials()
orders = list_orders()
# Nearly an hour passes: it trades in the file's token once more.
now = botocore.credentials._local_now
botocore.credentials._local_now = lambda: now() + datetime.timedelta(minutes=59)
credentials._time_fetcher = botocore.credentials._local_now
second = credentials.get_frozen_credentials()
credentials._time_fetcher = now
print(
    json.dumps(
        {
            "method": credentials.method,
            "arn": arn,
            "orders": orders,
            "renewed": first.access_key != second.access_key,
            "ordersThen": list_orders(),
        }
    )
)
