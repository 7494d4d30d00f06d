variable "certificate" {
  type = string
}

variable "certificate_chain" {
  type = string
}

variable "certificate_key" {
  type      = string
  sensitive = true
}

variable "saml_metadata" {
  type = string
}

variable "ssh_public_key" {
  type = string
}

resource "aws_iam_account_alias" "this" {
  account_alias = var.generation == 1 ? "orders-team" : "orders-team-2"
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = var.generation == 1 ? 12 : 14
  require_lowercase_characters   = true
  require_numbers                = true
  require_uppercase_characters   = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = 90
  password_reuse_prevention      = 5
}

resource "aws_iam_security_token_service_preferences" "this" {
  global_endpoint_token_version = "v2Token"
}

resource "aws_iam_openid_connect_provider" "identity" {
  url             = "https://id.example.com"
  client_id_list  = var.generation == 1 ? ["orders"] : ["orders", "invoices"]
  thumbprint_list = [var.generation == 1 ? "cf23df2207d99a74fbe169e3eba035e633b65d94" : "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
  tags            = { team = "blue" }
}

resource "aws_iam_saml_provider" "identity" {
  name                   = "identity"
  saml_metadata_document = var.saml_metadata
  tags                   = { team = "blue", generation = var.generation }
}

resource "aws_iam_server_certificate" "api" {
  name              = var.generation == 1 ? "api" : "api-2"
  path              = "/team/"
  certificate_body  = var.certificate
  certificate_chain = var.certificate_chain
  private_key       = var.certificate_key
  tags              = { team = "blue" }
}

data "aws_iam_account_alias" "this" {
  depends_on = [aws_iam_account_alias.this]
}

data "aws_iam_openid_connect_provider" "identity" {
  arn = aws_iam_openid_connect_provider.identity.arn
}

data "aws_iam_saml_provider" "identity" {
  arn = aws_iam_saml_provider.identity.arn
}

data "aws_iam_server_certificate" "api" {
  name       = aws_iam_server_certificate.api.name
  depends_on = [aws_iam_server_certificate.api]
}
