resource "aws_iam_group" "readers" {
  name = "readers"
  path = var.generation == 1 ? "/team/" : "/team/orders/"
}

resource "aws_iam_group" "writers" {
  name = "writers"
}

resource "aws_iam_group_membership" "readers" {
  name  = "readers"
  group = aws_iam_group.readers.name
  users = [aws_iam_user.alice.name, aws_iam_user.bob.name]
}

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.alice.name
  groups = [aws_iam_group.writers.name]
}

resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = aws_iam_policy.read_orders.arn
}

resource "aws_iam_group_policy_attachment" "aws_managed" {
  group      = aws_iam_group.readers.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_group_policy" "writers" {
  name   = "write"
  group  = aws_iam_group.writers.name
  policy = data.aws_iam_policy_document.write_orders.json
}

resource "aws_iam_group_policies_exclusive" "writers" {
  group_name   = aws_iam_group.writers.name
  policy_names = [aws_iam_group_policy.writers.name]
}

resource "aws_iam_group_policy_attachments_exclusive" "readers" {
  group_name = aws_iam_group.readers.name
  policy_arns = [
    aws_iam_group_policy_attachment.readers.policy_arn,
    aws_iam_group_policy_attachment.aws_managed.policy_arn,
  ]
}

data "aws_iam_group" "readers" {
  group_name = aws_iam_group_membership.readers.group
}
