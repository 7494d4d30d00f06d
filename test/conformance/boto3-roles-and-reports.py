"""Roles, instance profiles, the account, simulations, reports and what is not in use, through boto3, with AWS's members and errors."""

import csv
import io
import json

from boto3_checks import check, client, empty, members, refused, report

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringLike": {"aws:SourceArn": "arn%3Aaws:ec2:*:*:* + more"}},
        }
    ],
}
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
}
TEXT = json.dumps(DOCUMENT)
TAGS = [{"Key": "team", "Value": "blue"}]

iam = client("iam")
account = client("sts").get_caller_identity()["Account"]


def arn(resource):
    return f"arn:aws:iam::{account}:{resource}"


# Roles
ROLE = ("Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument")
made = iam.create_role(RoleName="app", Path="/ops/", AssumeRolePolicyDocument=json.dumps(TRUST))
members("created role", made["Role"], *ROLE)
check("role's id", made["Role"]["RoleId"].startswith("AROA") and len(made["Role"]["RoleId"]) == 21, made)
role = iam.get_role(RoleName="app")["Role"]
members("got role", role, *ROLE, "MaxSessionDuration", "RoleLastUsed")
check("never used", role["RoleLastUsed"] == {}, role)
check("trust survives its escapes", role["AssumeRolePolicyDocument"] == TRUST, role)
listed = iam.list_roles(PathPrefix="/ops/")["Roles"]
members("listed role", listed[0], *ROLE, "MaxSessionDuration")
check("and in lists", listed[0]["AssumeRolePolicyDocument"] == TRUST, listed)
refused(
    "role again", "EntityAlreadyExists", "Role with name app already exists.",
    iam.create_role, RoleName="app", AssumeRolePolicyDocument=json.dumps(TRUST),
)
refused(
    "trust that is no JSON", "MalformedPolicyDocument", "This policy contains invalid Json",
    iam.create_role, RoleName="broken", AssumeRolePolicyDocument='{"Version": "2012-10-17",}',
)
refused(
    "no such role", "NoSuchEntity", "The role with name nobody cannot be found.",
    iam.get_role, RoleName="nobody",
)
empty("update role", iam.update_role(RoleName="app", Description="runs it", MaxSessionDuration=7200))
changed = iam.get_role(RoleName="app")["Role"]
check("updated", (changed["Description"], changed["MaxSessionDuration"]) == ("runs it", 7200), changed)
described = iam.update_role_description(RoleName="app", Description="other")["Role"]
check("described", described["Description"] == "other", described)
empty("update trust", iam.update_assume_role_policy(RoleName="app", PolicyDocument=json.dumps(TRUST)))
empty("tag role", iam.tag_role(RoleName="app", Tags=TAGS))
check("role's tags", iam.list_role_tags(RoleName="app")["Tags"] == TAGS)
check("in the role", iam.get_role(RoleName="app")["Role"]["Tags"] == TAGS)
empty("untag role", iam.untag_role(RoleName="app", TagKeys=["team"]))

# What roles may do
policy = iam.create_policy(PolicyName="uploads", PolicyDocument=TEXT)["Policy"]["Arn"]
check("no inline policies", iam.list_role_policies(RoleName="app")["PolicyNames"] == [])
empty("attach", iam.attach_role_policy(RoleName="app", PolicyArn=policy))
attached = iam.list_attached_role_policies(RoleName="app")
members("attached", attached, "AttachedPolicies", "IsTruncated", "ResponseMetadata")
check("one", attached["AttachedPolicies"] == [{"PolicyName": "uploads", "PolicyArn": policy}], attached)
refused(
    "delete with policy", "DeleteConflict", "Cannot delete entity, must detach all policies first.",
    iam.delete_role, RoleName="app",
)
empty("put", iam.put_role_policy(RoleName="app", PolicyName="in", PolicyDocument=TEXT))
inline = iam.get_role_policy(RoleName="app", PolicyName="in")
members("inline", inline, "RoleName", "PolicyName", "PolicyDocument", "ResponseMetadata")
empty("delete inline", iam.delete_role_policy(RoleName="app", PolicyName="in"))
empty("bound", iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=policy))
check(
    "boundary",
    iam.get_role(RoleName="app")["Role"]["PermissionsBoundary"]
    == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy},
)
check("not in lists", "PermissionsBoundary" not in iam.list_roles(PathPrefix="/ops/")["Roles"][0])
empty("unbound", iam.delete_role_permissions_boundary(RoleName="app"))

# Instance profiles
profile = iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]
members(
    "profile", profile,
    "Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate", "Roles",
)
empty("add role", iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="app"))
refused(
    "second role", "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    iam.add_role_to_instance_profile, InstanceProfileName="web", RoleName="app",
)
got = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
check("its role", [found["RoleName"] for found in got["Roles"]] == ["app"], got)
check("profiles", len(iam.list_instance_profiles()["InstanceProfiles"]) == 1)
check("of role", len(iam.list_instance_profiles_for_role(RoleName="app")["InstanceProfiles"]) == 1)
empty("tag profile", iam.tag_instance_profile(InstanceProfileName="web", Tags=TAGS))
check("tags", iam.list_instance_profile_tags(InstanceProfileName="web")["Tags"] == TAGS)
empty("untag profile", iam.untag_instance_profile(InstanceProfileName="web", TagKeys=["team"]))
refused(
    "delete with role", "DeleteConflict",
    "Cannot delete entity, must remove roles from instance profile first.",
    iam.delete_instance_profile, InstanceProfileName="web",
)
refused(
    "no such profile", "NoSuchEntity", "Instance Profile none cannot be found.",
    iam.get_instance_profile, InstanceProfileName="none",
)

# Simulations
asked = {"ActionNames": ["s3:PutObject", "s3:GetObjectVersion"], "ResourceArns": ["arn:aws:s3:::bucket"]}
allowed, denied = iam.simulate_principal_policy(PolicySourceArn=role["Arn"], **asked)["EvaluationResults"]
RESULT = (
    "EvalActionName", "EvalResourceName", "EvalDecision", "MatchedStatements", "MissingContextValues",
    "OrganizationsDecisionDetail", "EvalDecisionDetails", "ResourceSpecificResults",
)
members("allowed result", allowed, *RESULT)
members("denied result", denied, *RESULT)
check("allowed", (allowed["EvalActionName"], allowed["EvalDecision"]) == ("s3:PutObject", "allowed"), allowed)
check("denied", denied["EvalDecision"] == "implicitDeny" and denied["MatchedStatements"] == [], denied)
statement = {
    "SourcePolicyId": "uploads",
    "SourcePolicyType": "IAM Policy",
    "StartPosition": {"Line": 1, "Column": 41},
    "EndPosition": {"Line": 1, "Column": 113},
}
check("statement", allowed["MatchedStatements"] == [statement], allowed)
check("organization", allowed["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}, allowed)
check(
    "resource",
    allowed["ResourceSpecificResults"]
    == [
        {
            "EvalResourceName": "arn:aws:s3:::bucket",
            "EvalResourceDecision": "allowed",
            "MatchedStatements": [statement],
            "MissingContextValues": [],
        }
    ],
    allowed,
)
asked["ResourceArns"] = ["arn:aws:s3:::one", "arn:aws:s3:::two"]
results = iam.simulate_custom_policy(PolicyInputList=[TEXT], **asked)["EvaluationResults"]
check(
    "each action with each resource",
    [(result["EvalActionName"], result["EvalResourceName"]) for result in results]
    == [(action, resource) for action in asked["ActionNames"] for resource in asked["ResourceArns"]],
    results,
)
conditional = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "dynamodb:*",
            "Resource": "arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}",
            "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2015-08-16T12:00:00Z"}},
        },
    }
)
keys = iam.get_context_keys_for_custom_policy(PolicyInputList=[conditional])["ContextKeyNames"]
check("context keys", keys == ["aws:username", "aws:CurrentTime"], keys)
keys = iam.get_context_keys_for_principal_policy(PolicySourceArn=role["Arn"], PolicyInputList=[conditional])
check("of the role too", keys["ContextKeyNames"] == ["aws:username", "aws:CurrentTime"], keys)

# The account
empty("alias", iam.create_account_alias(AccountAlias="the-alias"))
check("aliases", iam.list_account_aliases()["AccountAliases"] == ["the-alias"])
empty("no alias", iam.delete_account_alias(AccountAlias="the-alias"))
summary = iam.get_account_summary()["SummaryMap"]
check("summary", (summary["Roles"], summary["InstanceProfiles"], summary["Policies"]) == (1, 1, 1), summary)
empty("tokens", iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token"))
details = iam.get_account_authorization_details(Filter=["Role", "LocalManagedPolicy"])
members(
    "details", details,
    "UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "IsTruncated", "ResponseMetadata",
)
members(
    "role's details", details["RoleDetailList"][0],
    *ROLE, "InstanceProfileList", "RolePolicyList", "AttachedManagedPolicies", "Tags", "RoleLastUsed",
)
check("policy's text", details["Policies"][0]["PolicyVersionList"][0]["Document"] == DOCUMENT, details)

# Who was there
iam.create_user(UserName="alice")
iam.put_user_policy(UserName="alice", PolicyName="reads", PolicyDocument=TEXT.replace("s3:PutObject", "iam:*"))
key = iam.create_access_key(UserName="alice")["AccessKey"]
unused = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
check("never", unused["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}, unused)
client(
    "iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
).list_users()
used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
members("used", used["AccessKeyLastUsed"], "LastUsedDate", "ServiceName", "Region")
check("by", (used["UserName"], used["AccessKeyLastUsed"]["ServiceName"]) == ("alice", "iam"), used)
job = iam.generate_service_last_accessed_details(Arn=arn("user/alice"))["JobId"]
accessed = iam.get_service_last_accessed_details(JobId=job)
check("job", accessed["JobStatus"] == "COMPLETED", accessed)
check("service", [found["ServiceNamespace"] for found in accessed["ServicesLastAccessed"]] == ["iam"], accessed)
entities = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="iam")
check("entity", [found["EntityInfo"]["Name"] for found in entities["EntityDetailsList"]] == ["alice"], entities)
granting = iam.list_policies_granting_service_access(Arn=arn("user/alice"), ServiceNamespaces=["iam"])
check(
    "granting",
    granting["PoliciesGrantingServiceAccess"]
    == [
        {
            "ServiceNamespace": "iam",
            "Policies": [
                {"PolicyName": "reads", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "alice"}
            ],
        }
    ],
    granting,
)
started = iam.generate_credential_report()
check("started", started["State"] == "STARTED", started)
check("complete", iam.generate_credential_report()["State"] == "COMPLETE")
written = iam.get_credential_report()
check("format", written["ReportFormat"] == "text/csv", written)
lines = list(csv.DictReader(io.StringIO(written["Content"].decode())))
check("lines", [line["user"] for line in lines] == ["<root_account>", "alice"], lines)
check("her key", lines[1]["access_key_1_active"] == "true" and lines[1]["access_key_2_active"] == "false", lines)

# Roles of services
linked = iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")["Role"]
check("linked", linked["Arn"] == arn("role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"), linked)
refused(
    "linked again", "InvalidInput",
    "Service role name AWSServiceRoleForBatch has been taken in this account, please try a different suffix.",
    iam.create_service_linked_role, AWSServiceName="batch.amazonaws.com",
)
refused(
    "suffix", "InvalidInput", "Custom suffix is not allowed for batch.amazonaws.com",
    iam.create_service_linked_role, AWSServiceName="batch.amazonaws.com", CustomSuffix="more",
)
task = iam.delete_service_linked_role(RoleName="AWSServiceRoleForBatch")["DeletionTaskId"]
check("task", task.startswith("task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch/"), task)
status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
check("gone", status["Status"] == "SUCCEEDED", status)

# What is not in use
NO_ORGANIZATION = "The request was rejected because no organization is associated with your account."
for operation in (
    iam.list_organizations_features,
    iam.enable_organizations_root_credentials_management,
    iam.disable_organizations_root_credentials_management,
    iam.enable_organizations_root_sessions,
    iam.disable_organizations_root_sessions,
):
    refused("no organization", "OrganizationNotFoundException", NO_ORGANIZATION, operation)
refused(
    "no report", "AccessDenied", f"Account {account} is not the management account of the organization o-a1b2c3d4e5.",
    iam.generate_organizations_access_report, EntityPath="o-a1b2c3d4e5/r-f6g7",
)
JOB = "00000000-0000-4000-8000-000000000000"
refused(
    "no such report", "NoSuchEntity", f"The job with id {JOB} cannot be found.",
    iam.get_organizations_access_report, JobId=JOB,
)
REQUEST = "dr-0123456789abcdef0"
NO_REQUEST = f"The delegation request with id {REQUEST} cannot be found."
for operation in (
    iam.get_delegation_request,
    iam.associate_delegation_request,
    iam.accept_delegation_request,
    iam.reject_delegation_request,
    iam.send_delegation_token,
):
    refused("no request", "NoSuchEntity", NO_REQUEST, operation, DelegationRequestId=REQUEST)
refused(
    "no update", "NoSuchEntity", NO_REQUEST,
    iam.update_delegation_request, DelegationRequestId=REQUEST, Notes="why",
)
refused(
    "no summary", "NoSuchEntity", NO_REQUEST,
    iam.get_human_readable_summary, EntityArn=arn(f"delegation-request/{REQUEST}"),
)
check("no requests", iam.list_delegation_requests()["DelegationRequests"] == [])
refused(
    "not onboarded", "AccessDenied", f"Account {account} is not onboarded to create delegation requests.",
    iam.create_delegation_request, Description="why", RequestorWorkflowId="workflow-1",
    Permissions={"PolicyTemplateArn": "arn:aws:iam::aws:delegation-template/partner/1"},
    NotificationChannel="arn:aws:sns:eu-west-1:123456789012:topic", SessionDuration=3600,
)
issuer = iam.enable_outbound_web_identity_federation()
members("issuer", issuer, "IssuerIdentifier", "ResponseMetadata")
info = iam.get_outbound_web_identity_federation_info()
check("enabled", info["JwtVendingEnabled"] is True, info)
empty("disabled", iam.disable_outbound_web_identity_federation())

# And all of it away again
iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
iam.delete_user_policy(UserName="alice", PolicyName="reads")
iam.delete_user(UserName="alice")
empty("remove role", iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="app"))
empty("delete profile", iam.delete_instance_profile(InstanceProfileName="web"))
empty("detach", iam.detach_role_policy(RoleName="app", PolicyArn=policy))
empty("delete role", iam.delete_role(RoleName="app"))
empty("delete policy", iam.delete_policy(PolicyArn=policy))
check("no roles are left", iam.list_roles()["Roles"] == [])

report()
