"""Users, groups, policies and access keys through boto3, with the members and errors that AWS answers."""

import json

from boto3_checks import check, client, empty, members, refused, report

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "orders:GetOrder",
        "Resource": "arn:aws:orders:::a%3Ab/*",
    },
}

iam = client("iam")
sts = client("sts")

identity = sts.get_caller_identity()
members("identity", identity, "UserId", "Account", "Arn", "ResponseMetadata")
account = identity["Account"]
check("root's ARN", identity["Arn"] == f"arn:aws:iam::{account}:root", identity)
check("root's id", identity["UserId"] == account, identity)
members("root", iam.get_user()["User"], "UserId", "Arn", "CreateDate")

# Users
user = iam.create_user(UserName="alice", Path="/ops/")["User"]
members("created user", user, "Path", "UserName", "UserId", "Arn", "CreateDate")
check("user's id", user["UserId"].startswith("AIDA") and len(user["UserId"]) == 21, user)
check("got user", iam.get_user(UserName="alice")["User"] == user)
refused(
    "user again", "EntityAlreadyExists", "User with name alice already exists.",
    iam.create_user, UserName="alice",
)
refused(
    "no such user", "NoSuchEntity", "The user with name nobody cannot be found.",
    iam.get_user, UserName="nobody",
)
refused(
    "long name", "ValidationError",
    "1 validation error detected: Value at 'userName' failed to satisfy constraint: "
    "Member must have length less than or equal to 64",
    iam.create_user, UserName="x" * 65,
)
for number in range(5):
    iam.create_user(UserName=f"page-{number}", Path="/pages/")
pages = list(
    iam.get_paginator("list_users").paginate(PathPrefix="/pages/", PaginationConfig={"PageSize": 2})
)
check("pages", [len(page["Users"]) for page in pages] == [2, 2, 1], pages)
check("last page", pages[-1]["IsTruncated"] is False and "Marker" not in pages[-1], pages[-1])
members("listed user", pages[0]["Users"][0], "Path", "UserName", "UserId", "Arn", "CreateDate")
for number in range(5):
    iam.delete_user(UserName=f"page-{number}")
empty("update user", iam.update_user(UserName="alice", NewUserName="bob"))
empty("update user back", iam.update_user(UserName="bob", NewUserName="alice"))

# Tags of users
empty("tag user", iam.tag_user(UserName="alice", Tags=[{"Key": "team", "Value": "blue"}]))
check("tags", iam.get_user(UserName="alice")["User"]["Tags"] == [{"Key": "team", "Value": "blue"}])
listed = iam.list_user_tags(UserName="alice")
check("listed tags", listed["Tags"] == [{"Key": "team", "Value": "blue"}], listed)
check("no tags in lists", all("Tags" not in found for found in iam.list_users()["Users"]))
refused(
    "two spellings", "InvalidInput",
    "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    iam.tag_user, UserName="alice", Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}],
)
refused(
    "too many tags", "ValidationError",
    "1 validation error detected: Value at 'tags' failed to satisfy constraint: "
    "Member must have length less than or equal to 50",
    iam.tag_user, UserName="alice", Tags=[{"Key": str(n), "Value": ""} for n in range(51)],
)
empty("untag user", iam.untag_user(UserName="alice", TagKeys=["team"]))

# Groups
group = iam.create_group(GroupName="devs")["Group"]
members("created group", group, "Path", "GroupName", "GroupId", "Arn", "CreateDate")
empty("add to group", iam.add_user_to_group(GroupName="devs", UserName="alice"))
got = iam.get_group(GroupName="devs")
members("got group", got, "Group", "Users", "IsTruncated", "ResponseMetadata")
check("member", [found["UserName"] for found in got["Users"]] == ["alice"], got)
check("groups of user", iam.list_groups_for_user(UserName="alice")["Groups"] == [group])
check("groups", iam.list_groups()["Groups"] == [group])
refused(
    "delete group with member", "DeleteConflict",
    "Cannot delete entity, must remove users from group first.",
    iam.delete_group, GroupName="devs",
)
empty("update group", iam.update_group(GroupName="devs", NewPath="/ops/"))

# Policies
policy = iam.create_policy(
    PolicyName="orders", PolicyDocument=json.dumps(DOCUMENT), Description="to read orders"
)["Policy"]
POLICY = (
    "Arn", "AttachmentCount", "CreateDate", "DefaultVersionId", "IsAttachable", "Path",
    "PermissionsBoundaryUsageCount", "PolicyId", "PolicyName", "UpdateDate",
)
members("created policy", policy, *POLICY)
arn = policy["Arn"]
read = iam.get_policy(PolicyArn=arn)["Policy"]
members("got policy", read, *POLICY, "Description", "Tags")
check("no tags", read["Tags"] == [], read)
listed = iam.list_policies(Scope="Local")["Policies"]
members("listed policy", listed[0], *POLICY)
check("managed by AWS", len(iam.list_policies(Scope="AWS")["Policies"]) >= 6)
version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
members("version", version, "Document", "VersionId", "IsDefaultVersion", "CreateDate")
check("document survives its escapes", version["Document"] == DOCUMENT, version)
made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(DOCUMENT))["PolicyVersion"]
members("made version", made, "VersionId", "IsDefaultVersion", "CreateDate")
empty("set default", iam.set_default_policy_version(PolicyArn=arn, VersionId="v2"))
check("versions", len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 2)
refused(
    "default version", "DeleteConflict", "Cannot delete the default version of a policy.",
    iam.delete_policy_version, PolicyArn=arn, VersionId="v2",
)
empty("delete version", iam.delete_policy_version(PolicyArn=arn, VersionId="v1"))
empty("tag policy", iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "team", "Value": ""}]))
check("policy's tags", iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "team", "Value": ""}])
empty("untag policy", iam.untag_policy(PolicyArn=arn, TagKeys=["team"]))
refused(
    "no JSON", "MalformedPolicyDocument", "Syntax errors in policy.",
    iam.create_policy, PolicyName="broken", PolicyDocument='{"Version": "2012-10-17",}',
)
refused(
    "delete no policy", "NoSuchEntity",
    f"Policy arn:aws:iam::{account}:policy/none was not found.",
    iam.delete_policy, PolicyArn=f"arn:aws:iam::{account}:policy/none",
)

# Attachments and inline policies, of users and groups alike
for kind, name in (("user", "alice"), ("group", "devs")):
    def call(operation, **arguments):
        return getattr(iam, operation.format(kind))(**{f"{kind.title()}Name": name}, **arguments)

    empty(f"attach to {kind}", call("attach_{}_policy", PolicyArn=arn))
    attached = call("list_attached_{}_policies")
    check(
        f"attached to {kind}",
        attached["AttachedPolicies"] == [{"PolicyName": "orders", "PolicyArn": arn}]
        and attached["IsTruncated"] is False,
        attached,
    )
    empty(f"put {kind} policy", call("put_{}_policy", PolicyName="in", PolicyDocument=json.dumps(DOCUMENT)))
    inline = call("get_{}_policy", PolicyName="in")
    members(f"{kind} policy", inline, f"{kind.title()}Name", "PolicyName", "PolicyDocument", "ResponseMetadata")
    check(f"{kind} policy's document", inline["PolicyDocument"] == DOCUMENT, inline)
    check(f"{kind} policies", call("list_{}_policies")["PolicyNames"] == ["in"])
    empty(f"delete {kind} policy", call("delete_{}_policy", PolicyName="in"))
entities = iam.list_entities_for_policy(PolicyArn=arn)
members(
    "entities", entities,
    "PolicyGroups", "PolicyUsers", "PolicyRoles", "IsTruncated", "ResponseMetadata",
)
check("entity", entities["PolicyUsers"] == [{"UserName": "alice", "UserId": user["UserId"]}], entities)
refused(
    "attached policy", "DeleteConflict", "Cannot delete a policy attached to entities.",
    iam.delete_policy, PolicyArn=arn,
)
refused(
    "no ARN", "ValidationError", "Invalid ARN:  Could not be parsed!",
    iam.attach_user_policy, UserName="alice", PolicyArn="longpolicynamebutnoarn",
)
refused(
    "ARN of nothing", "NoSuchEntity",
    f"Policy arn:aws:iam::{account}:policy/none does not exist or is not attachable.",
    iam.attach_user_policy, UserName="alice", PolicyArn=f"arn:aws:iam::{account}:policy/none",
)
empty("detach from user", iam.detach_user_policy(UserName="alice", PolicyArn=arn))
empty("detach from group", iam.detach_group_policy(GroupName="devs", PolicyArn=arn))

# Boundaries
empty("bound", iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=arn))
check(
    "boundary",
    iam.get_user(UserName="alice")["User"]["PermissionsBoundary"]
    == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn},
)
empty("unbound", iam.delete_user_permissions_boundary(UserName="alice"))
check("no boundary", "PermissionsBoundary" not in iam.get_user(UserName="alice")["User"])

# Access keys
key = iam.create_access_key(UserName="alice")["AccessKey"]
members("key", key, "UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate")
check("key's form", len(key["AccessKeyId"]) == 20 and len(key["SecretAccessKey"]) == 40, len(key["SecretAccessKey"]))
credentials = {
    "aws_access_key_id": key["AccessKeyId"],
    "aws_secret_access_key": key["SecretAccessKey"],
}
who = client("sts", **credentials).get_caller_identity()
check("alice's ARN", who["Arn"] == f"arn:aws:iam::{account}:user/ops/alice", who)
refused(
    "alice may not", "AccessDenied",
    f"User: arn:aws:iam::{account}:user/ops/alice is not authorized to perform: iam:GetUser on resource: "
    "user alice because no identity-based policy allows the iam:GetUser action",
    client("iam", **credentials).get_user,
)
metadata = iam.list_access_keys(UserName="alice")
members("listed key", metadata["AccessKeyMetadata"][0], "UserName", "AccessKeyId", "Status", "CreateDate")
empty(
    "switch off",
    iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Inactive"),
)
refused(
    "inactive key", "InvalidClientTokenId", "The security token included in the request is invalid.",
    client("sts", **credentials).get_caller_identity,
)
iam.create_access_key(UserName="alice")
refused(
    "third key", "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2",
    iam.create_access_key, UserName="alice",
)
refused(
    "delete user with keys", "DeleteConflict", "Cannot delete entity, must delete access keys first.",
    iam.delete_user, UserName="alice",
)
for found in iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]:
    empty("delete key", iam.delete_access_key(UserName="alice", AccessKeyId=found["AccessKeyId"]))

# And all of it away again
empty("remove from group", iam.remove_user_from_group(GroupName="devs", UserName="alice"))
empty("delete group", iam.delete_group(GroupName="devs"))
empty("delete policy", iam.delete_policy(PolicyArn=arn))
empty("delete user", iam.delete_user(UserName="alice"))
check("nobody is left", iam.list_users()["Users"] == [])

report()
