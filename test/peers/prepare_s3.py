"""Prepares a fresh moto server: a bucket, and access keys whose rights moto then really checks. Prints them as JSON.

Usage: prepare_s3.py ENDPOINT BUCKET
"""

import json
import sys

import boto3

endpoint, bucket = sys.argv[1:]
options = {
    "endpoint_url": endpoint,
    "region_name": "us-east-1",
    "aws_access_key_id": "nobody",
    "aws_secret_access_key": "nothing",
}
boto3.client("s3", **options).create_bucket(Bucket=bucket)
iam = boto3.client("iam", **options)


def user(name, actions):
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    if actions:
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"accessKeyId": key["AccessKeyId"], "secretAccessKey": key["SecretAccessKey"]}


writer = user("writer", ["s3:*", "sts:*", "iam:*"])
reader = user("reader", ["s3:GetObject"])
stranger = user("stranger", [])
role = iam.create_role(RoleName="temporary", AssumeRolePolicyDocument="{}")["Role"]
rights = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}
iam.put_role_policy(
    RoleName="temporary",
    PolicyName="rights",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [rights]}),
)
session = boto3.client("sts", **options).assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
temporary = {
    "accessKeyId": session["AccessKeyId"],
    "secretAccessKey": session["SecretAccessKey"],
    "sessionToken": session["SessionToken"],
}
print(json.dumps({"writer": writer, "reader": reader, "stranger": stranger, "temporary": temporary}))
