terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "admin_endpoint" {
  description = "Output AdminEndpointUrl of the deployment; http://127.0.0.1:4000 for npm start"
  type        = string
}

# The AWS provider, that calls Portcullis. Its credentials are those of an administrator of Portcullis.
provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true

  endpoints {
    iam = "${var.admin_endpoint}/iam"
    sts = "${var.admin_endpoint}/sts"
  }
}

data "aws_caller_identity" "current" {}

locals {
  orders = "arn:aws:orders:*:${data.aws_caller_identity.current.account_id}:order/*"
}
