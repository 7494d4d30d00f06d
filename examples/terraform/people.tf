# Who there is: readers of orders, and one role for those who may change them for an hour.

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_user" "alice" {
  name = "alice"
  tags = { team = "blue" }
}

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.alice.name
  groups = [aws_iam_group.readers.name]
}

resource "aws_iam_role" "order_desk" {
  name                 = "order-desk"
  assume_role_policy   = data.aws_iam_policy_document.order_desk_trust.json
  max_session_duration = 3600
}

data "aws_iam_policy_document" "order_desk_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.alice.arn]
    }
  }
}
