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

# What the second apply changes.
variable "generation" {
  type    = number
  default = 1
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true

  endpoints {
    iam = "${var.admin_endpoint}/iam"
    sts = "${var.admin_endpoint}/sts"
  }

  default_tags {
    tags = { stack = "orders" }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}
