"""Sessions through boto3: roles, tokens, and credentials that botocore renews by itself."""

import datetime
import functools
import json

import boto3
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.session import get_session
from boto3_checks import REGION, check, client, members, refused, report

iam = client("iam")
sts = client("sts")
account = sts.get_caller_identity()["Account"]
ISSUED = ("Credentials", "ResponseMetadata")


def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})


iam.create_user(UserName="alice")
key = iam.create_access_key(UserName="alice")["AccessKey"]
alice = {
    "aws_access_key_id": key["AccessKeyId"],
    "aws_secret_access_key": key["SecretAccessKey"],
}
user_arn = iam.get_user(UserName="alice")["User"]["Arn"]
iam.put_user_policy(
    UserName="alice", PolicyName="own",
    PolicyDocument=policy(
        Action=["sts:GetFederationToken", "sts:GetAccessKeyInfo", "sts:DecodeAuthorizationMessage"],
        Resource="*",
    ),
)
role_arn = iam.create_role(
    RoleName="reader",
    AssumeRolePolicyDocument=policy(Action="sts:AssumeRole", Principal={"AWS": user_arn}),
)["Role"]["Arn"]
iam.put_role_policy(
    RoleName="reader", PolicyName="list",
    PolicyDocument=policy(Action=["iam:ListUsers", "iam:ListRoles"], Resource="*"),
)
alice_sts = client("sts", **alice)


def session(issued):
    return {
        "aws_access_key_id": issued["AccessKeyId"],
        "aws_secret_access_key": issued["SecretAccessKey"],
        "aws_session_token": issued["SessionToken"],
    }


# A role's session, and one that a policy narrows
assumed = alice_sts.assume_role(RoleArn=role_arn, RoleSessionName="one")
members("assumed", assumed, "AssumedRoleUser", *ISSUED)
members("credentials", assumed["Credentials"], "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
check("kind of key", assumed["Credentials"]["AccessKeyId"].startswith("ASIA"))
arn = f"arn:aws:sts::{account}:assumed-role/reader/one"
check("who", client("sts", **session(assumed["Credentials"])).get_caller_identity()["Arn"] == arn)
check("lists", len(client("iam", **session(assumed["Credentials"])).list_users()["Users"]) == 1)
narrow = alice_sts.assume_role(
    RoleArn=role_arn, RoleSessionName="one",
    Policy=policy(Action="iam:ListRoles", Resource="*"),
)
members("narrow", narrow, "AssumedRoleUser", "PackedPolicySize", *ISSUED)
narrowed = client("iam", **session(narrow["Credentials"]))
check("lists roles", len(narrowed.list_roles()["Roles"]) == 1)
refused(
    "lists no users", "AccessDenied",
    f"User: {arn} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{account}:user/ because no session policy allows the iam:ListUsers action",
    narrowed.list_users,
)
refused(
    "a role that is not there", "AccessDenied",
    f"User: {user_arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}-not",
    alice_sts.assume_role, RoleArn=f"{role_arn}-not", RoleSessionName="one",
)
refused(
    "root", "AccessDenied", "Roles may not be assumed by root accounts.",
    sts.assume_role, RoleArn=role_arn, RoleSessionName="one",
)

# Credentials that botocore renews by itself: its clock says that the first are at their end
hours = 0


def clock():
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)


class NoCache(dict):
    """The fetcher's own cache has the true time, by which nothing ends."""

    def __setitem__(self, name, value):
        pass


fetcher = AssumeRoleCredentialFetcher(
    client_creator=functools.partial(get_session().create_client, region_name=REGION),
    source_credentials=Credentials(alice["aws_access_key_id"], alice["aws_secret_access_key"]),
    role_arn=role_arn,
    extra_args={"RoleSessionName": "renewed"},
    cache=NoCache(),
)
core = get_session()
core.set_config_variable("region", REGION)
core._credentials = DeferredRefreshableCredentials(
    refresh_using=fetcher.fetch_credentials, method="assume-role", time_fetcher=clock
)
renewing = boto3.Session(botocore_session=core)
check("lists by itself", len(renewing.client("iam").list_users()["Users"]) == 1)
first = renewing.get_credentials().get_frozen_credentials().access_key
check("keeps them", renewing.get_credentials().get_frozen_credentials().access_key == first)
hours = 0.9
check("renews them", renewing.get_credentials().get_frozen_credentials().access_key != first)
check("lists again", len(renewing.client("iam").list_users()["Users"]) == 1)

# The user's own session, and that of a guest
own = alice_sts.get_session_token(DurationSeconds=900)
members("session token", own, *ISSUED)
own_sts = client("sts", **session(own["Credentials"]))
check("is alice", own_sts.get_caller_identity()["Arn"] == user_arn)
refused(
    "no IAM", "InvalidClientTokenId", "The security token included in the request is invalid.",
    client("iam", **session(own["Credentials"])).list_users,
)
refused(
    "no second token", "AccessDenied", "Cannot call GetSessionToken with session credentials",
    own_sts.get_session_token,
)
guest = alice_sts.get_federation_token(Name="guest")
members("federation token", guest, "FederatedUser", "PackedPolicySize", *ISSUED)
check("nothing packed", guest["PackedPolicySize"] == 0)
refused(
    "without its token", "InvalidClientTokenId",
    "The security token included in the request is invalid.",
    client(
        "sts", **{**session(own["Credentials"]), "aws_session_token": guest["Credentials"]["SessionToken"]}
    ).get_caller_identity,
)

# What is left
check("account", alice_sts.get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"] == account)
refused(
    "no message", "InvalidAuthorizationMessageException", "Message provided has invalid format",
    alice_sts.decode_authorization_message, EncodedMessage="AQAA",
)

iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
refused(
    "over with the key", "InvalidClientTokenId",
    "The security token included in the request is invalid.", own_sts.get_caller_identity,
)
check(
    "the role's session goes on",
    client("sts", **session(assumed["Credentials"])).get_caller_identity()["Arn"] == arn,
)
iam.delete_user_policy(UserName="alice", PolicyName="own")
iam.delete_user(UserName="alice")
iam.delete_role_policy(RoleName="reader", PolicyName="list")
iam.delete_role(RoleName="reader")
refused(
    "over with the role", "InvalidClientTokenId",
    "The security token included in the request is invalid.",
    client("sts", **session(assumed["Credentials"])).get_caller_identity,
)
report()
