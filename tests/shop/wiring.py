"""Where the shop's templates send what cannot be delivered, by the names that the deployed resources have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.assembly import read

if TYPE_CHECKING:
    from pathlib import Path

    from eventyard.local import LocalCloud
    from eventyard.local.ledger import Edge

Resource = dict[str, Any]
_PLACES = {"AWS::Lambda::Function", "AWS::SNS::Topic", "AWS::SQS::Queue"}


class Wiring:
    """The dead-letter queue of each edge, and who is at the edges' ends.

    Read from the templates, and from CloudFormation which name became which: nothing of what delivers is asked.

    Attributes:
        read_by_functions: The names of the queues that are event sources.
        queues: Every queue's name → its URL.
        places: The names of functions, topics, and queues that are not for dead letters.
        topics: The names of the topics that rules deliver to.
    """

    def __init__(self, assembly: Path, cloud: LocalCloud) -> None:
        self._letters: dict[str, str] = {}
        self.read_by_functions: set[str] = set()
        self.queues: dict[str, str] = {}
        self.places: list[str] = []
        self.topics: list[str] = []
        client = cloud.client("cloudformation")
        for stack in read(assembly).stacks:
            described = client.describe_stack_resources(StackName=stack.name)["StackResources"]
            ids = {one["LogicalResourceId"]: _last(one["PhysicalResourceId"]) for one in described}
            self.queues |= {
                ids[one["LogicalResourceId"]]: one["PhysicalResourceId"]
                for one in described
                if one["ResourceType"] == "AWS::SQS::Queue"
            }
            resources: dict[str, Resource] = stack.template["Resources"]
            for logical_id, resource in resources.items():
                self._read(ids[logical_id], resource, resources, ids)

    def _read(self, physical_id: str, resource: Resource, resources: dict[str, Resource], ids: dict[str, str]) -> None:
        properties = resource.get("Properties", {})
        letters: Any = None
        if resource["Type"] in _PLACES and "DeadLetters" not in physical_id:
            self.places.append(physical_id)
        if resource["Type"] == "AWS::Events::Rule":
            target = properties["Targets"][0]
            letters = target.get("DeadLetterConfig", {}).get("Arn")
            self.topics += [ids[target["Arn"]["Ref"]]] if "Ref" in target["Arn"] else []
        elif resource["Type"] == "AWS::SNS::Subscription":
            letters = properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
        elif resource["Type"] == "AWS::Lambda::Function":
            letters = properties.get("DeadLetterConfig", {}).get("TargetArn")
        elif resource["Type"] == "AWS::Lambda::EventSourceMapping":
            queue = properties["EventSourceArn"]["Fn::GetAtt"][0]
            self.read_by_functions.add(ids[queue])
            letters = resources[queue]["Properties"].get("RedrivePolicy", {}).get("deadLetterTargetArn")
        if letters:
            self._letters[physical_id] = ids[letters["Fn::GetAtt"][0]]

    def dead_letter_queues(self, edge: Edge) -> frozenset[str]:
        """Where an edge's dead letters may go: a function's own have a queue besides that of what invokes it."""
        places = [edge.via or edge.source] if edge.kind == "sqs→lambda" else [edge.via or edge.source, edge.target]
        return frozenset(self._letters[name] for name in map(_last, places) if name in self._letters)


def _last(identifier: str) -> str:
    """The last part of an ARN, a URL, or a rule's `bus|name`."""
    return re.split(r"[|/:]", identifier)[-1]
