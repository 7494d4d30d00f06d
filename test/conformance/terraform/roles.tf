data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type = "AWS"
      identifiers = concat(
        [aws_iam_user.alice.arn],
        var.generation == 1 ? [] : ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"],
      )
    }
  }
}

data "aws_iam_policy_document" "federated_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.identity.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "id.example.com:aud"
      values   = ["orders"]
    }
  }
}

data "aws_iam_policy_document" "service_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com", "lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "reader" {
  name                 = "reader"
  path                 = "/team/"
  description          = var.generation == 1 ? "Reads orders" : "Reads and lists orders"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = var.generation == 1 ? 3600 : 7200
  permissions_boundary = var.generation == 1 ? aws_iam_policy.boundary.arn : null
  tags                 = var.generation == 1 ? { team = "blue", old = "yes" } : { team = "green" }
}

resource "aws_iam_role" "worker" {
  name                  = "worker"
  assume_role_policy    = data.aws_iam_policy_document.service_trust.json
  force_detach_policies = true
}

resource "aws_iam_role" "federated" {
  name_prefix        = "federated-"
  assume_role_policy = data.aws_iam_policy_document.federated_trust.json
}

resource "aws_iam_service_linked_role" "autoscaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "orders"
  description      = var.generation == 1 ? "Scales" : "Scales orders"
  tags             = { team = "blue" }
}

resource "aws_iam_role_policy_attachment" "reader" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.read_orders.arn
}

resource "aws_iam_role_policy" "reader" {
  name   = "write"
  role   = aws_iam_role.reader.name
  policy = data.aws_iam_policy_document.write_orders.json
}

resource "aws_iam_role_policies_exclusive" "reader" {
  role_name    = aws_iam_role.reader.name
  policy_names = [aws_iam_role_policy.reader.name]
}

resource "aws_iam_role_policy_attachments_exclusive" "reader" {
  role_name   = aws_iam_role.reader.name
  policy_arns = [aws_iam_role_policy_attachment.reader.policy_arn]
}

resource "aws_iam_instance_profile" "worker" {
  name = "worker"
  path = "/team/"
  role = var.generation == 1 ? aws_iam_role.worker.name : aws_iam_role.reader.name
  tags = { team = "blue" }
}

data "aws_iam_role" "reader" {
  name = aws_iam_role.reader.name
}

data "aws_iam_roles" "team" {
  path_prefix = "/team/"
  depends_on  = [aws_iam_role.reader]
}

data "aws_iam_instance_profile" "worker" {
  name = aws_iam_instance_profile.worker.name
}

data "aws_iam_principal_policy_simulation" "reader" {
  policy_source_arn = aws_iam_role.reader.arn
  action_names      = ["orders:PutOrder"]
  resource_arns     = ["arn:aws:orders:us-east-1:${data.aws_caller_identity.current.account_id}:order/42"]
  depends_on        = [aws_iam_role_policy.reader, aws_iam_role_policy_attachment.reader]
}
