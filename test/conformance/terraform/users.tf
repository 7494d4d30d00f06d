resource "aws_iam_user" "alice" {
  name                 = "alice"
  path                 = "/team/"
  permissions_boundary = aws_iam_policy.boundary.arn
  tags                 = { team = "blue", "cost center" = "7 + 8", empty = "" }
}

resource "aws_iam_user" "bob" {
  name          = var.generation == 1 ? "bob" : "robert"
  force_destroy = true
}

resource "aws_iam_user_policy_attachment" "alice_reads" {
  user       = aws_iam_user.alice.name
  policy_arn = aws_iam_policy.read_orders.arn
}

resource "aws_iam_user_policy" "alice_own" {
  name   = "own"
  user   = aws_iam_user.alice.name
  policy = data.aws_iam_policy_document.write_orders.json
}

resource "aws_iam_user_policies_exclusive" "alice" {
  user_name    = aws_iam_user.alice.name
  policy_names = [aws_iam_user_policy.alice_own.name]
}

resource "aws_iam_user_policy_attachments_exclusive" "alice" {
  user_name   = aws_iam_user.alice.name
  policy_arns = [aws_iam_user_policy_attachment.alice_reads.policy_arn]
}

resource "aws_iam_access_key" "alice" {
  user   = aws_iam_user.alice.name
  status = var.generation == 1 ? "Active" : "Inactive"
}

resource "aws_iam_user_login_profile" "alice" {
  user                    = aws_iam_user.alice.name
  password_length         = 24
  password_reset_required = true
}

resource "aws_iam_virtual_mfa_device" "alice" {
  virtual_mfa_device_name = "alice"
  path                    = "/team/"
  tags                    = { team = "blue" }
}

resource "aws_iam_user_ssh_key" "alice" {
  username   = aws_iam_user.alice.name
  encoding   = "SSH"
  public_key = var.ssh_public_key
}

resource "aws_iam_signing_certificate" "alice" {
  user_name        = aws_iam_user.alice.name
  certificate_body = var.certificate
}

resource "aws_iam_service_specific_credential" "alice" {
  service_name = "codecommit.amazonaws.com"
  user_name    = aws_iam_user.alice.name
}

data "aws_iam_user" "alice" {
  user_name = aws_iam_user.alice.name
}

data "aws_iam_access_keys" "alice" {
  user = aws_iam_access_key.alice.user
}

data "aws_iam_users" "team" {
  path_prefix = "/team/"
  depends_on  = [aws_iam_user.alice]
}
