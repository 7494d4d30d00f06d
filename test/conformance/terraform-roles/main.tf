terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "admin_endpoint" {
  type = string
}

variable "role" {
  type = string
}

variable "external_id" {
  type    = string
  default = "terraform"
}

variable "federated_role" {
  type = string
}

variable "token_file" {
  type = string
}

# As the role that makes users, with what only its session has.
provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true

  endpoints {
    iam = "${var.admin_endpoint}/iam"
    sts = "${var.admin_endpoint}/sts"
  }

  assume_role {
    role_arn            = var.role
    session_name        = "terraform"
    external_id         = var.external_id
    duration            = "15m"
    source_identity     = "pipeline"
    tags                = { team = "blue" }
    transitive_tag_keys = ["team"]

    policy = jsonencode({
      Version = "2012-10-17"
      Statement = {
        Effect   = "Allow"
        Action   = "iam:*"
        Resource = "arn:aws:iam::*:user/blue/*"
      }
    })
  }
}

# As whoever an identity provider says.
provider "aws" {
  alias                   = "federated"
  region                  = "us-east-1"
  skip_metadata_api_check = true

  endpoints {
    iam = "${var.admin_endpoint}/iam"
    sts = "${var.admin_endpoint}/sts"
  }

  assume_role_with_web_identity {
    role_arn                = var.federated_role
    session_name            = "federated"
    web_identity_token_file = var.token_file
  }
}

variable "path" {
  type    = string
  default = "/blue/"
}

data "aws_caller_identity" "assumed" {}

data "aws_caller_identity" "federated" {
  provider = aws.federated
}

resource "aws_iam_user" "made" {
  name = "made"
  path = var.path
}

output "assumed" {
  value = data.aws_caller_identity.assumed.arn
}

output "federated" {
  value = data.aws_caller_identity.federated.arn
}

output "made" {
  value = aws_iam_user.made.arn
}
