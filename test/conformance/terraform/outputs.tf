output "seen" {
  value = {
    account        = data.aws_caller_identity.current.account_id
    caller         = data.aws_caller_identity.current.arn
    alias          = data.aws_iam_account_alias.this.account_alias
    alice          = data.aws_iam_user.alice.arn
    alice_is       = data.aws_iam_user.alice.user_id == aws_iam_user.alice.unique_id
    alice_tags     = data.aws_iam_user.alice.tags
    keys           = [for key in data.aws_iam_access_keys.alice.access_keys : key.status]
    team           = data.aws_iam_users.team.names
    readers        = sort([for user in data.aws_iam_group.readers.users : user.user_name])
    reader         = data.aws_iam_role.reader.description
    roles          = data.aws_iam_roles.team.names
    profile_role   = data.aws_iam_instance_profile.worker.role_name
    may_put_orders = data.aws_iam_principal_policy_simulation.reader.all_allowed
    clients        = data.aws_iam_openid_connect_provider.identity.client_id_list
    certificate    = data.aws_iam_server_certificate.api.path
    metadata_kept  = data.aws_iam_saml_provider.identity.saml_metadata_document == var.saml_metadata
  }
}
