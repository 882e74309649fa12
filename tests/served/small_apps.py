"""Assemblies of one stack, as `cdk synth` writes them, without CDK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]


def small_app(folder: Path, name: str, resources: Json) -> Path:
    """The folder, with an assembly in it whose one stack has these resources."""
    folder.mkdir(exist_ok=True)
    (folder / "stack.template.json").write_text(json.dumps({"Resources": resources}))
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/us-east-1",
        "properties": {"templateFile": "stack.template.json", "stackName": name},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": {"Stack": stack}}))
    return folder


def queue(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def heard(name: str, source: str) -> Json:
    """A queue of this name, which hears on the default bus what a source says, and what that takes."""
    arn = {"Fn::GetAtt": [name, "Arn"]}
    admitted = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = {"Version": "2012-10-17", "Statement": [admitted]}
    return {
        name: queue(QueueName=name),
        f"{name}Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": name}], "PolicyDocument": policy},
        },
        f"{name}Rule": {
            "Type": "AWS::Events::Rule",
            "DependsOn": f"{name}Policy",
            "Properties": {"EventPattern": {"source": [source]}, "Targets": [{"Id": "q", "Arn": arn}]},
        },
    }
