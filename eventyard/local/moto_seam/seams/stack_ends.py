"""CloudFormation: how a stack is deleted, and what protects it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from eventyard.local.moto_seam._stacks import delete_resources, end, failures, listed, withdraw_exports
from eventyard.local.moto_seam.seams._seam import Moto, Seam

if TYPE_CHECKING:
    from eventyard.local.moto_seam.seams._seam import Listener


def _delete(_original: Moto, listener: Listener) -> Moto:
    def delete_stack(self: Moto, name_or_stack_id: str) -> None:
        """As CloudFormation: a stack that is not there is deleted already."""
        stack = next((one for one in self.stacks.values() if name_or_stack_id in {one.name, one.stack_id}), None)
        if stack is None:
            return
        if stack.enable_termination_protection:
            raise ValidationError(
                message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        failures(stack.resource_map).clear()
        end(stack, "DELETE_IN_PROGRESS", "User Initiated")
        delete_resources(stack)
        left = failures(stack.resource_map)
        if left:
            end(stack, "DELETE_FAILED", f"The following resource(s) failed to delete: {listed(left)}. ")
        else:
            end(stack, "DELETE_COMPLETE")
            self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)
            withdraw_exports(self, stack)
        listener.changed()

    return delete_stack


def _protect(_original: Moto, _listener: Listener) -> Moto:
    def update_termination_protection(self: Moto) -> Moto:
        """UpdateTerminationProtection, which the CDK CLI calls for a stack that wants it."""
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
        return ActionResult({"StackId": stack.stack_id})

    return update_termination_protection


SEAMS = (
    Seam(
        CloudFormationBackend,
        "delete_stack",
        ("self", "name_or_stack_id"),
        "in order, and what stays is said",
        _delete,
    ),
    Seam(CloudFormationResponse, "update_termination_protection", (), "moto has none", _protect),
)
