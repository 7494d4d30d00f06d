data "aws_iam_policy_document" "read_orders" {
  statement {
    sid       = "Read"
    actions   = var.generation == 1 ? ["orders:GetOrder"] : ["orders:GetOrder", "orders:ListOrders"]
    resources = ["arn:aws:orders:*:${data.aws_caller_identity.current.account_id}:order/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["blue", "green"]
    }
  }
}

data "aws_iam_policy_document" "write_orders" {
  statement {
    actions   = ["orders:PutOrder"]
    resources = ["*"]
  }

  statement {
    effect      = "Deny"
    not_actions = ["orders:*"]
    resources   = ["*"]
  }
}

resource "aws_iam_policy" "read_orders" {
  name        = "read-orders"
  path        = "/orders/"
  description = "Reads orders"
  policy      = data.aws_iam_policy_document.read_orders.json
  tags        = { team = "blue", generation = var.generation }
}

resource "aws_iam_policy" "write_orders" {
  name_prefix = "write-orders-"
  policy      = data.aws_iam_policy_document.write_orders.json
}

resource "aws_iam_policy" "boundary" {
  name = "boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "*", Resource = "*" }
  })
}

resource "aws_iam_policy" "everywhere" {
  name   = "everywhere"
  policy = data.aws_iam_policy_document.write_orders.json
}

# The one resource that owns all attachments of a policy.
resource "aws_iam_policy_attachment" "everywhere" {
  name       = "everywhere"
  policy_arn = aws_iam_policy.everywhere.arn
  users      = [aws_iam_user.bob.name]
  groups     = [aws_iam_group.writers.name]
  roles      = [aws_iam_role.worker.name]
}
