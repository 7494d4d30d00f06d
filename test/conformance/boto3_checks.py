"""What the boto3-*.py scripts share: clients that note the operations they call, and checks that go on after a failure.

The scripts read AWS_ENDPOINT_URL_IAM, AWS_ENDPOINT_URL_STS and the root user's credentials from the environment, work in an
account that has none of their names, remove what they made, and print one line: {"failures": [...], "operations": [...]}.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

REGION = "eu-west-1"

failures = []
operations = set()


def client(service, **credentials):
    made = boto3.client(service, region_name=REGION, **credentials)
    made.meta.events.register(
        "before-call.*.*", lambda model, **_: operations.add(f"{service}:{model.name}")
    )
    return made


def check(what, condition, detail=None):
    if not condition:
        failures.append({"what": what, "detail": repr(detail)})


def members(what, value, *expected):
    """Exactly these members, no more and no fewer."""
    check(what, sorted(value) == sorted(expected), value)


def refused(what, code, message, call, **arguments):
    try:
        answer = call(**arguments)
    except ClientError as error:
        told = error.response["Error"]
        check(what, (told["Code"], told["Message"]) == (code, message), told)
        check(f"{what}: nothing but type, code and message", set(told) == {"Type", "Code", "Message"}, told)
    else:
        check(what, False, answer)


def empty(what, answer):
    members(what, answer, "ResponseMetadata")


def report():
    json.dump({"failures": failures, "operations": sorted(operations)}, sys.stdout)
    print()
    sys.exit(1 if failures else 0)
