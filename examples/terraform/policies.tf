# What they may do: your own actions, in the language of IAM.

data "aws_iam_policy_document" "read_orders" {
  statement {
    sid       = "Read"
    actions   = ["orders:GetOrder", "orders:ListOrders"]
    resources = [local.orders]
  }
}

resource "aws_iam_policy" "read_orders" {
  name   = "read-orders"
  policy = data.aws_iam_policy_document.read_orders.json
}

resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = aws_iam_policy.read_orders.arn
}

data "aws_iam_policy_document" "change_orders" {
  statement {
    sid       = "Change"
    actions   = ["orders:CreateOrder", "orders:CancelOrder"]
    resources = [local.orders]
  }
}

resource "aws_iam_role_policy" "order_desk" {
  name   = "change-orders"
  role   = aws_iam_role.order_desk.name
  policy = data.aws_iam_policy_document.change_orders.json
}

output "order_desk" {
  description = "For aws sts assume-role"
  value       = aws_iam_role.order_desk.arn
}
