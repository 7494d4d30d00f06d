"""Passwords, MFA devices, identity providers, certificates, SSH keys and service credentials through boto3."""

import base64
import hashlib
import hmac
import pathlib
import re
import struct
import time

from boto3_checks import check, client, empty, members, refused, report

FIXTURES = (pathlib.Path(__file__).parent.parent / "credentials" / "certificates.ts").read_text()
CERTIFICATE = re.search(r"export const CERTIFICATE = `([^`]+)`", FIXTURES).group(1)
CERTIFICATE_KEY = re.search(r"export const CERTIFICATE_KEY = `([^`]+)`", FIXTURES).group(1)
OTHER_KEY = re.search(r"export const OTHER_KEY = `([^`]+)`", FIXTURES).group(1)
BASE64_CERTIFICATE = re.sub(r"-----[A-Z ]+-----|\s", "", CERTIFICATE)
METADATA = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:idp">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor>
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{BASE64_CERTIFICATE}</X509Certificate>
</X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor><!-- {"x" * 500} -->"""
TAGS = [{"Key": "team", "Value": "blue"}]

iam = client("iam")
account = client("sts").get_caller_identity()["Account"]
iam.create_user(UserName="alice")


def code(seed, step):
    """RFC 6238, once more and independently."""
    mac = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


# Passwords
refused(
    "no policy", "NoSuchEntity", f"The Password Policy with domain name {account} cannot be found.",
    iam.get_account_password_policy,
)
profile = iam.create_login_profile(UserName="alice", Password="first Password 1")["LoginProfile"]
members("made profile", profile, "UserName", "CreateDate", "PasswordResetRequired")
check("got profile", iam.get_login_profile(UserName="alice")["LoginProfile"] == profile)
empty("policy", iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True))
policy = iam.get_account_password_policy()["PasswordPolicy"]
members(
    "got policy", policy, "MinimumPasswordLength", "RequireSymbols", "RequireNumbers",
    "RequireUppercaseCharacters", "RequireLowercaseCharacters", "AllowUsersToChangePassword",
    "ExpirePasswords", "HardExpiry",
)
refused(
    "short", "PasswordPolicyViolation", "Password should have a minimum length of 12",
    iam.update_login_profile, UserName="alice", Password="short",
)
empty("no policy again", iam.delete_account_password_policy())
empty("update profile", iam.update_login_profile(UserName="alice", PasswordResetRequired=True))
key = iam.create_access_key(UserName="alice")["AccessKey"]
iam.put_user_policy(
    UserName="alice", PolicyName="self",
    PolicyDocument='{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"*"}}',
)
alice = client(
    "iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
)
empty("change", alice.change_password(OldPassword="first Password 1", NewPassword="next Password 2"))
refused(
    "wrong", "AccessDenied", "The old password was incorrect.",
    alice.change_password, OldPassword="first Password 1", NewPassword="next Password 3",
)
empty("delete profile", iam.delete_login_profile(UserName="alice"))
refused(
    "no profile", "NoSuchEntity", "Login Profile for User alice cannot be found.",
    iam.get_login_profile, UserName="alice",
)

# MFA devices
device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Tags=TAGS)["VirtualMFADevice"]
members("device", device, "SerialNumber", "Base32StringSeed", "QRCodePNG", "Tags")
serial = device["SerialNumber"]
seed = device["Base32StringSeed"]
check("serial", serial == f"arn:aws:iam::{account}:mfa/phone", serial)
check("image", device["QRCodePNG"].startswith(b"\x89PNG"))
step = int(time.time()) // 30
refused(
    "wrong code", "InvalidAuthenticationCode", "Authentication code for device is not valid.",
    iam.enable_mfa_device, UserName="alice", SerialNumber=serial,
    AuthenticationCode1=code(seed, step), AuthenticationCode2=code(seed, step),
)
empty("enable", iam.enable_mfa_device(
    UserName="alice", SerialNumber=serial,
    AuthenticationCode1=code(seed, step), AuthenticationCode2=code(seed, step + 1),
))
empty("resync", iam.resync_mfa_device(
    UserName="alice", SerialNumber=serial,
    AuthenticationCode1=code(seed, step + 2), AuthenticationCode2=code(seed, step + 3),
))
listed = iam.list_mfa_devices(UserName="alice")
members("list", listed, "MFADevices", "IsTruncated", "ResponseMetadata")
members("listed device", listed["MFADevices"][0], "UserName", "SerialNumber", "EnableDate")
members(
    "got device", iam.get_mfa_device(SerialNumber=serial, UserName="alice"),
    "UserName", "SerialNumber", "EnableDate", "ResponseMetadata",
)
virtual = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
members("virtual device", virtual[0], "SerialNumber", "User", "EnableDate")
empty("tag device", iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "room", "Value": "1"}]))
check("device's tags", len(iam.list_mfa_device_tags(SerialNumber=serial)["Tags"]) == 2)
empty("untag device", iam.untag_mfa_device(SerialNumber=serial, TagKeys=["room"]))
refused(
    "user with device", "DeleteConflict", "Cannot delete entity, must delete access keys first.",
    iam.delete_user, UserName="alice",
)
empty("deactivate", iam.deactivate_mfa_device(UserName="alice", SerialNumber=serial))
empty("delete device", iam.delete_virtual_mfa_device(SerialNumber=serial))

# OIDC providers
made = iam.create_open_id_connect_provider(
    Url="https://idp.example.com/t", ClientIDList=["one"], ThumbprintList=["a" * 40], Tags=TAGS
)
members("OIDC", made, "OpenIDConnectProviderArn", "Tags", "ResponseMetadata")
oidc = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
got = iam.get_open_id_connect_provider(**oidc)
members("got OIDC", got, "Url", "ClientIDList", "ThumbprintList", "CreateDate", "Tags", "ResponseMetadata")
check("URL", got["Url"] == "idp.example.com/t", got)
check("OIDC list", iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [
    {"Arn": made["OpenIDConnectProviderArn"]}
])
empty("add id", iam.add_client_id_to_open_id_connect_provider(ClientID="two", **oidc))
empty("remove id", iam.remove_client_id_from_open_id_connect_provider(ClientID="two", **oidc))
empty("thumbprint", iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["b" * 40], **oidc))
empty("tag OIDC", iam.tag_open_id_connect_provider(Tags=TAGS, **oidc))
check("OIDC tags", iam.list_open_id_connect_provider_tags(**oidc)["Tags"] == TAGS)
empty("untag OIDC", iam.untag_open_id_connect_provider(TagKeys=["team"], **oidc))
empty("delete OIDC", iam.delete_open_id_connect_provider(**oidc))

# SAML providers
made = iam.create_saml_provider(Name="idp", SAMLMetadataDocument=METADATA, Tags=TAGS)
members("SAML", made, "SAMLProviderArn", "Tags", "ResponseMetadata")
saml = {"SAMLProviderArn": made["SAMLProviderArn"]}
got = iam.get_saml_provider(**saml)
check("metadata", got["SAMLMetadataDocument"] == METADATA)
members("listed SAML", iam.list_saml_providers()["SAMLProviderList"][0], "Arn", "ValidUntil", "CreateDate")
members("update SAML", iam.update_saml_provider(SAMLMetadataDocument=METADATA, **saml), "SAMLProviderArn", "ResponseMetadata")
empty("tag SAML", iam.tag_saml_provider(Tags=TAGS, **saml))
check("SAML tags", iam.list_saml_provider_tags(**saml)["Tags"] == TAGS)
empty("untag SAML", iam.untag_saml_provider(TagKeys=["team"], **saml))
empty("delete SAML", iam.delete_saml_provider(**saml))
refused(
    "no SAML", "NoSuchEntity", f"Manifest not found for arn {made['SAMLProviderArn']}",
    iam.get_saml_provider, **saml,
)

# Server certificates
METADATA_MEMBERS = (
    "Path", "ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate", "Expiration",
)
certificate = iam.upload_server_certificate(
    ServerCertificateName="api", CertificateBody=CERTIFICATE, PrivateKey=CERTIFICATE_KEY
)["ServerCertificateMetadata"]
members("certificate", certificate, *METADATA_MEMBERS)
refused(
    "another key", "KeyPairMismatch", "Private key does not match the certificate.",
    iam.upload_server_certificate,
    ServerCertificateName="web", CertificateBody=CERTIFICATE, PrivateKey=OTHER_KEY,
)
got = iam.get_server_certificate(ServerCertificateName="api")["ServerCertificate"]
members("got certificate", got, "ServerCertificateMetadata", "CertificateBody")
check("body", got["CertificateBody"] == CERTIFICATE.strip())
check("certificates", iam.list_server_certificates()["ServerCertificateMetadataList"] == [certificate])
empty("update certificate", iam.update_server_certificate(ServerCertificateName="api", NewPath="/x/"))
empty("tag certificate", iam.tag_server_certificate(ServerCertificateName="api", Tags=TAGS))
check("certificate's tags", iam.list_server_certificate_tags(ServerCertificateName="api")["Tags"] == TAGS)
empty("untag certificate", iam.untag_server_certificate(ServerCertificateName="api", TagKeys=["team"]))
empty("delete certificate", iam.delete_server_certificate(ServerCertificateName="api"))
refused(
    "no certificate", "NoSuchEntity", "The Server Certificate with name api cannot be found.",
    iam.get_server_certificate, ServerCertificateName="api",
)

# Signing certificates
signing = iam.upload_signing_certificate(UserName="alice", CertificateBody=CERTIFICATE)["Certificate"]
members("signing", signing, "UserName", "CertificateId", "CertificateBody", "Status", "UploadDate")
check("signing list", iam.list_signing_certificates(UserName="alice")["Certificates"] == [signing])
which = {"UserName": "alice", "CertificateId": signing["CertificateId"]}
empty("update signing", iam.update_signing_certificate(Status="Inactive", **which))
empty("delete signing", iam.delete_signing_certificate(**which))

# SSH public keys
number = bytes([0, 193]) + bytes(range(1, 256)) + b"\x01"
fields = [b"ssh-rsa", b"\x01\x00\x01", number]
blob = b"".join(struct.pack(">I", len(field)) + field for field in fields)
body = "ssh-rsa " + base64.b64encode(blob).decode()
ssh = iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=body)["SSHPublicKey"]
members("SSH", ssh, "UserName", "SSHPublicKeyId", "Fingerprint", "SSHPublicKeyBody", "Status", "UploadDate")
check("fingerprint", ssh["Fingerprint"].replace(":", "") == hashlib.md5(blob).hexdigest(), ssh)
which = {"UserName": "alice", "SSHPublicKeyId": ssh["SSHPublicKeyId"]}
check("SSH body", iam.get_ssh_public_key(Encoding="SSH", **which)["SSHPublicKey"]["SSHPublicKeyBody"] == body)
members(
    "listed SSH", iam.list_ssh_public_keys(UserName="alice")["SSHPublicKeys"][0],
    "UserName", "SSHPublicKeyId", "Status", "UploadDate",
)
empty("update SSH", iam.update_ssh_public_key(Status="Inactive", **which))
empty("delete SSH", iam.delete_ssh_public_key(**which))

# Service-specific credentials
service = {"UserName": "alice", "ServiceName": "codecommit.amazonaws.com"}
credential = iam.create_service_specific_credential(**service)["ServiceSpecificCredential"]
LISTED = ("CreateDate", "ServiceName", "ServiceSpecificCredentialId", "ServiceUserName", "Status", "UserName")
members("credential", credential, *LISTED, "ServicePassword")
listed = iam.list_service_specific_credentials(**service)
members("credentials", listed, "ServiceSpecificCredentials", "ResponseMetadata")
members("listed credential", listed["ServiceSpecificCredentials"][0], *LISTED)
which = {"UserName": "alice", "ServiceSpecificCredentialId": credential["ServiceSpecificCredentialId"]}
empty("update credential", iam.update_service_specific_credential(Status="Inactive", **which))
members(
    "reset", iam.reset_service_specific_credential(**which)["ServiceSpecificCredential"],
    *LISTED, "ServicePassword",
)
refused(
    "id with hyphens", "ValidationError",
    "1 validation error detected: Value at 'serviceSpecificCredentialId' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: [\\w]+",
    iam.delete_service_specific_credential,
    UserName="alice", ServiceSpecificCredentialId="a-b-c-d-e-f-g-h-i-j-k",
)
empty("delete credential", iam.delete_service_specific_credential(**which))

iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
iam.delete_user_policy(UserName="alice", PolicyName="self")
empty("delete user", iam.delete_user(UserName="alice"))
report()
