"""CloudFormation's change sets, which the CDK CLI deploys by, and templates in S3, where it leaves them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

import moto.cloudformation.models as moto_models
import moto.cloudformation.responses as moto_responses
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudformation.utils import generate_changeset_id, validate_create_change_set
from moto.core.responses import ActionResult, EmptyResult
from moto.s3.models import s3_backends

from eventyard.local.moto_seam._stacks import empty_stack, end
from eventyard.local.moto_seam.seams._seam import Moto, Seam
from eventyard.local.moto_seam.seams.stacks import carry_out, check, keeping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local.moto_seam.seams._seam import Listener

# The CDK CLI takes these words for "no changes".
_NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."


def _template_in_s3(_original: Moto, _listener: Listener) -> Moto:
    def template_in_s3(template_url: str, account_id: str, partition: str) -> str:
        """What TemplateURL names: the bucket is in the host or in the path, the CLI's in the path of this server's URL.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
        """
        url = urlparse(template_url)
        bucket, _, key = url.path.lstrip("/").partition("/")
        host = url.netloc.split(":")[0]
        if not host.startswith("s3") and host.endswith("amazonaws.com"):
            bucket, key = host.partition(".s3")[0], url.path.lstrip("/")
        # moto looks for the bucket in whichever account it is.
        found = s3_backends[account_id][partition].get_object(bucket, unquote(key))
        if found is None:
            raise ValidationError(template_url, message=f"S3 error: {bucket} holds no {key}.")
        return str(found.value.decode())

    return template_in_s3


def _create(_original: Moto, _listener: Listener) -> Moto:
    def create_change_set(
        self: Moto,
        stack_name: str,
        change_set_name: str,
        template: str,
        parameters: dict[str, str],
        description: str,
        change_set_type: str,
        notification_arns: list[str] | None = None,
        tags: dict[str, str] | None = None,
        role_arn: str | None = None,
    ) -> tuple[str, str]:
        validate_create_change_set(change_set_name)
        check(self, stack_name, Stack.parse_template(template), parameters)
        stack = _of_name(self, stack_name)
        if change_set_type == "UPDATE" and stack is None:
            raise ValidationError(stack_name)
        if stack is None:
            given = {"notification_arns": notification_arns, "tags": tags, "role_arn": role_arn}
            stack = empty_stack(self, stack_name, parameters, **given)
            end(stack, "REVIEW_IN_PROGRESS", "User Initiated")
        elif change_set_type == "CREATE" and stack.status != "REVIEW_IN_PROGRESS":
            raise ValidationError(
                stack_name,
                message=f"Stack [{stack_name}] already exists and cannot be created again with the changeset",
            )
        id_ = generate_changeset_id(change_set_name, self.region_name, self.account_id)
        made = ChangeSet(
            *(change_set_type, id_, change_set_name, stack, template, parameters, description),
            *(notification_arns, tags, role_arn),
        )
        same = change_set_type == "UPDATE" and not made.changes and _as_it_is(stack, made)
        made.status, made.execution_status = "CREATE_COMPLETE", "AVAILABLE"
        if same:
            made.status, made.execution_status, made.status_reason = "FAILED", "UNAVAILABLE", _NOTHING
        self.change_sets[id_] = made
        return id_, stack.stack_id

    return create_change_set


def _as_it_is(stack: Moto, change_set: Moto) -> bool:
    template, tags = change_set.template_dict, change_set.tags or {}
    return bool(
        stack.template_dict == template and stack.parameters == change_set.parameters and (stack.tags or {}) == tags
    )


def _of_name(backend: Moto, name: str) -> Moto | None:
    found: Iterator[Moto] = (one for one in backend.stacks.values() if name in {one.name, one.stack_id})
    return next(found, None)


class _NoChangeSetError(ValidationError):
    """ChangeSetNotFoundException of the API, whose code is this."""

    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(message=f"ChangeSet [{name}] does not exist")


def _named(backend: Moto, name: str, stack: str | None) -> Moto:
    """A change set by its ARN, or by its name and its stack's: the newest that was not executed.

    Raises:
        _NoChangeSetError: there is none.
    """
    for one in reversed(list(backend.change_sets.values())):
        if name == one.change_set_id:
            return one
        named = name == one.change_set_name and stack in {None, one.stack_name, one.stack_id}
        if named and one.execution_status != "EXECUTE_COMPLETE":
            return one
    raise _NoChangeSetError(name)


def _asked(request: Moto) -> Moto:
    return _named(request.cloudformation_backend, request._get_param("ChangeSetName"), request._get_param("StackName"))


def _describe(_original: Moto, _listener: Listener) -> Moto:
    def describe_change_set(self: Moto) -> Moto:
        return ActionResult(_asked(self))

    return describe_change_set


def _delete(_original: Moto, _listener: Listener) -> Moto:
    def delete_change_set(self: Moto) -> Moto:
        """One that is not there is deleted already."""
        with suppress(_NoChangeSetError):
            del self.cloudformation_backend.change_sets[_asked(self).change_set_id]
        return EmptyResult()

    return delete_change_set


def _execute(_original: Moto, listener: Listener) -> Moto:
    def execute_change_set(self: Moto, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = _named(self, change_set_name, stack_name)
        stack = self.stacks.get(change_set.stack_id)
        if stack is None or change_set.execution_status != "AVAILABLE":
            raise ValidationError(
                stack_name, message=f"ChangeSet [{change_set_name}] cannot be executed in its current status"
            )
        change_set.execution_status = "EXECUTE_COMPLETE"
        parameters, verb = change_set.parameters, change_set.change_set_type
        carry_out(self, stack, change_set.template, parameters, listener, verb=verb)
        stack.role_arn, stack.tags = change_set.role_arn, change_set.tags or {}
        stack.notification_arns = change_set.notification_arns or stack.notification_arns

    return execute_change_set


def _parse(_original: Moto, _listener: Listener) -> Moto:
    def parse(self: Moto) -> None:
        # As a stack's own template is read: see the seam of Stack.parse_template.
        self.template_dict = Stack.parse_template(self.template)

    return parse


_URL = ("template_url", "account_id", "partition")
SEAMS = (
    Seam(moto_responses, "get_stack_from_s3_url", _URL, "templates are found in whoever's bucket", _template_in_s3),
    Seam(moto_models, "get_stack_from_s3_url", _URL, "those of nested stacks too", _template_in_s3),
    Seam(
        CloudFormationBackend,
        "create_change_set",
        (
            *("self", "stack_name", "change_set_name", "template", "parameters", "description", "change_set_type"),
            *("notification_arns", "tags", "role_arn"),
        ),
        "a stack under review is taken up again",
        _create,
    ),
    Seam(CloudFormationResponse, "describe_change_set", ("self",), "that of its stack", _describe),
    Seam(CloudFormationResponse, "delete_change_set", ("self",), "the same, also what is not there", _delete),
    Seam(
        CloudFormationBackend,
        "execute_change_set",
        ("self", "change_set_name", "stack_name"),
        "all of it or nothing of it",
        _execute,
    ),
    Seam(CloudFormationResponse, "execute_change_set", ("self",), "who wants to keep it", keeping),
    Seam(ChangeSet, "_parse_template", ("self",), "JSON is read as JSON, not as YAML", _parse),
)
