"""Queues, topics, buses, functions, roles and keys with the policies a test gives them, in any account."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from eventyard.local import LocalCloud

Json = dict[str, Any]

US, THEM = "111111111111", "222222222222"
RULE = f"arn:aws:events:us-east-1:{US}:rule/commerce/orders"
TOPIC = f"arn:aws:sns:us-east-1:{US}:news"


def statement(principal: object, action: object, resource: object = "*", **more: Any) -> Json:  # noqa: ANN401 - a statement's other elements
    """One that allows, unless `more` says Effect Deny; without a principal for an identity's policy."""
    whom = {} if principal is None else {"Principal": principal}
    what = {} if resource is None else {"Resource": resource}
    return {"Effect": "Allow", **whom, "Action": action, **what, **more}


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def service(name: str) -> Json:
    return {"Service": f"{name}.amazonaws.com"}


@dataclass(frozen=True)
class Scene:
    """Each method makes a resource and answers its ARN."""

    cloud: LocalCloud

    def queue(self, name: str = "orders", *policy: Json, account: str = US, key: str = "") -> str:
        """CreateQueue."""
        attributes = {"Policy": document(*policy)} if policy else {}
        attributes |= {"KmsMasterKeyId": key} if key else {}
        self.cloud.client("sqs", account=account).create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:us-east-1:{account}:{name}"

    def topic(self, name: str = "alerts", *policy: Json, account: str = US, key: str = "") -> str:
        """CreateTopic; without a policy it has SNS's own."""
        attributes = {"Policy": document(*policy)} if policy else {}
        attributes |= {"KmsMasterKeyId": key} if key else {}
        found = self.cloud.client("sns", account=account).create_topic(Name=name, Attributes=attributes)
        return str(found["TopicArn"])

    def bus(self, name: str = "partner", *policy: Json, account: str = US, key: str = "") -> str:
        """CreateEventBus, PutPermission."""
        events = self.cloud.client("events", account=account)
        more = {"KmsKeyIdentifier": key} if key else {}
        arn = str(events.create_event_bus(Name=name, **more)["EventBusArn"])
        if policy:
            named = [{"Sid": f"S{index}", **each, "Resource": arn} for index, each in enumerate(policy)]
            events.put_permission(EventBusName=name, Policy=document(*named))
        return arn

    def function(
        self, name: str = "work", *permissions: Json, code: str = "", role: str = "", account: str = US
    ) -> str:
        """CreateFunction, and AddPermission for each."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as bundle:
            bundle.writestr("index.py", textwrap.dedent(code))
        functions = self.cloud.client("lambda", account=account)
        arn = functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handle",
            Role=role or self.role("runs", trusts=service("lambda"), account=account),
            Timeout=30,
            Code={"ZipFile": content.getvalue()},
        )["FunctionArn"]
        for index, permission in enumerate(permissions):
            functions.add_permission(FunctionName=name, StatementId=f"S{index}", **permission)
        return str(arn)

    def log_group(self, name: str, *policy: Json) -> str:
        """CreateLogGroup, and the account's PutResourcePolicy."""
        logs = self.cloud.client("logs")
        logs.create_log_group(logGroupName=name)
        if policy:
            logs.put_resource_policy(policyName="rules", policyDocument=document(*policy))
        return f"arn:aws:logs:us-east-1:{US}:log-group:{name}"

    def role(self, name: str, *policy: Json, trusts: Json, account: str = US, **more: Any) -> str:  # noqa: ANN401 - elements of the trust policy
        """CreateRole with one inline policy."""
        iam = self.cloud.client("iam", account=account)
        trust = document(statement(trusts, "sts:AssumeRole", None, **more))
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        if policy:
            iam.put_role_policy(RoleName=name, PolicyName="does", PolicyDocument=document(*policy))
        return str(arn)

    def key(self, *policy: Json, account: str = US) -> str:
        """CreateKey; its account may always use it."""
        root = statement({"AWS": f"arn:aws:iam::{account}:root"}, "kms:*")
        created = self.cloud.client("kms", account=account).create_key(Policy=document(root, *policy))
        return str(created["KeyMetadata"]["Arn"])

    def session(self, role: str) -> boto3.Session:
        """Credentials of a role, as a function's code has them."""
        account = role.split(":")[4]
        sts = self.cloud.client("sts", account=account)
        given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name="us-east-1",
        )
