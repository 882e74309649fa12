"""What deployments have made: where each resource stands, what of it is not emulated, and what could not be made."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from eventyard.local import _deployment
from eventyard.local._deployment import Notice
from eventyard.local.moto_seam import model_of
from eventyard.local.resources import KINDS, Made, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eventyard.errors import DeployError
    from eventyard.local._yard import Yard

log = logging.getLogger(__name__)


class Resources:
    """The resources of one local cloud (`moto_seam.Room`).

    Args:
        client: A client of a service, an account and a Region.
    """

    def __init__(self, yard: Yard, client: Callable[..., Any]) -> None:
        # Of the deployment that is under way, its nested stacks included.
        self.problems: list[DeployError] = []
        self.noticed: dict[tuple[str, str, str], list[Notice]] = {}
        self._yard = yard
        self.client = client
        self._remarks: dict[str, tuple[str, ...]] = {}
        self._said: set[tuple[str, str, Notice]] = set()
        self._models = {kind.type: model_of(kind, self) for kind in KINDS}

    def model(self, type_: str) -> type[Any] | None:
        """Our CloudFormation model for a resource type, if we have one."""
        return self._models.get(type_)

    def clients_of(self, account: str, region: str) -> Callable[..., Any]:
        """Clients of one account, and of one Region unless another is named after the service."""

        def client(service: str, elsewhere: str = region) -> Any:  # noqa: ANN401  # boto3's own dynamic type
            return self.client(service, account=account, region=elsewhere)

        return client

    def scope(self, account: str, region: str, stack: str, logical_id: str, name: str, *, given: bool) -> Scope:
        """Where a resource is made."""
        return Scope(account, region, stack, logical_id, name, given, self.clients_of(account, region))

    def made(self, scope: Scope, type_: str, made: Made, remarks: tuple[str, ...]) -> None:
        """A resource was made or changed."""
        self._remarks[scope.place] = remarks
        if type_ == "AWS::Lambda::Function":
            self._yard.functions.placed(made.attributes["Arn"], scope.place)

    def gone(self, scope: Scope) -> None:
        """A resource was deleted."""
        self._remarks.pop(scope.place, None)

    def failed(self, stack: str, logical_id: str, type_: str, error: Exception, done: str) -> str:
        """A resource could not be `done`: created, updated, deleted. Answers why, in a sentence."""
        found = _deployment.problem(stack, logical_id, type_, error, done)
        if found is None:
            # CloudFormation's words for what was not begun because something else failed.
            return f"Resource {done.removesuffix('d')[:-1]}ion cancelled"
        self.problems.append(found)
        return _deployment.reason(error)

    def deployed(self, account: str, region: str, stack: str, template: Mapping[str, Any]) -> None:
        """A stack was created or updated; what of it is not emulated is said once, whoever deployed it."""
        found = self.noticed[account, region, stack] = list(self.notices(stack, template))
        for notice in found:
            if (account, region, notice) not in self._said:
                self._said.add((account, region, notice))
                log.info("Not emulated: %s", notice)

    def notices(self, stack: str, template: Mapping[str, Any]) -> Iterator[Notice]:
        """What of a stack is not emulated."""
        yield from _deployment.notices(stack, template)
        for logical_id in template["Resources"]:
            place = f"{stack}/{logical_id}"
            yield from (Notice(place, what) for what in self._remarks.get(place, ()))
