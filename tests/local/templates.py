"""Parts of templates that several tests write."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def queue(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def arn(logical_id: str) -> Json:
    return {"Fn::GetAtt": [logical_id, "Arn"]}
