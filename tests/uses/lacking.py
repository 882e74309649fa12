"""A part of the shop, deployed with all of its permissions but one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.shop.parts import part
from tests.shop.permissions import permissions, without

if TYPE_CHECKING:
    from pathlib import Path

    from eventyard.local import LocalCloud
    from tests.shop.permissions import Json, Permission


@dataclass(frozen=True)
class Shop:
    """Some stacks of an assembly. Logical ids are named without the hash that CDK puts behind them."""

    assembly: Path
    stacks: tuple[str, ...]

    def granted(self, stack: str) -> dict[tuple[str, str], list[Permission]]:
        """What a stack grants, by logical id and action."""
        found: dict[tuple[str, str], list[Permission]] = {}
        for permission in permissions(stack, self._template(stack)):
            if not permission.refuses:
                found.setdefault((permission.logical_id[:-8], permission.action), []).append(permission)
        return found

    def deploy_without(self, cloud: LocalCloud, into: Path, stack: str, resource: str, action: str) -> None:
        """Deploy all of it but one permission."""
        folder = part(self.assembly, into, *self.stacks)
        template = without(self._template(stack), *self.granted(stack)[resource, action])
        for each in template["Resources"].values():
            if each["Type"] == "AWS::IAM::Role":  # IAM takes no inline policy that says nothing
                given = each["Properties"]
                given["Policies"] = [one for one in given.get("Policies", []) if one["PolicyDocument"]["Statement"]]
        file = folder / f"{stack}.template.json"
        file.unlink()
        file.write_text(json.dumps(template))
        cloud.deploy(folder)

    def _template(self, stack: str) -> Json:
        found: Json = json.loads((self.assembly / f"{stack}.template.json").read_text())
        return found


def output(cloud: LocalCloud, stack: str, name: str) -> str:
    """An output of a stack."""
    (described,) = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: str(one["OutputValue"]) for one in described["Outputs"]}[name]


def alarms_on(cloud: LocalCloud) -> list[str]:
    """The descriptions of the alarms that are in ALARM."""
    found = cloud.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    return [str(alarm["AlarmDescription"]) for alarm in found]
