"""Each permission is needed: without it the shop fails in the right place, and says who may not do what to what."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.assembly import read, synthesize
from eventyard.errors import DeployError
from eventyard.local import Fate, LocalCloud
from eventyard.policies import Policy, Request, evaluate
from tests.shop.conftest import teller
from tests.shop.day import ONE_OF_EACH
from tests.shop.hearing import broken_promises
from tests.shop.permissions import Permission, named, permissions, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import Delivery, Host

ROOT = Path(__file__).parents[2]
TEMPLATES = {stack.name: stack.template for stack in read(synthesize(ROOT)).stacks}
ALL = [permission for stack, template in TEMPLATES.items() for permission in permissions(stack, template)]

# What nothing here depends on, and why it is granted all the same: by principal and action.
UNFELT = {
    ("", "xray:PutTraceSegments"): "X-Ray is not emulated; AWS traces nothing without it, and runs the function.",
    ("", "xray:PutTelemetryRecords"): "The same.",
    ("", "dynamodb:GetItem"): "Powertools' documents ask for it; it reads only where DynamoDB does not answer a refused "
    "write with the item that stands there.",
    ("delivery.logs.amazonaws.com", "logs:CreateLogStream"): "The second name under which EventBridge writes to log "
    "groups, says its user guide; here it writes under the first.",
    ("delivery.logs.amazonaws.com", "logs:PutLogEvents"): "The same.",
}
POLLING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
SERVICES = {"events.amazonaws.com", "sns.amazonaws.com"}
# What SNS and Lambda are answered, and what EventBridge is.
CODES = {"events.amazonaws.com": "NO_PERMISSIONS", "sns.amazonaws.com": "AccessDenied"}


# What a permission is for


def kind(permission: Permission) -> str:
    """The group of permissions that fail alike; each group has its test below."""
    principal, action = permission.principal, permission.action
    if permission.refuses:
        return "refuses"
    if (principal, action) in UNFELT:
        return "unfelt"
    if action == "sts:AssumeRole":
        return "trust"
    if action == "sqs:SendMessage" and _dead_letters_of(permission):
        return "dead letters"
    if principal in SERVICES:
        return "delivery"
    if action.startswith("logs:"):
        return "log"
    return "polling" if action in POLLING else "work"


def of(*kinds: str) -> pytest.MarkDecorator:
    chosen = [permission for permission in ALL if kind(permission) in kinds]
    return pytest.mark.parametrize("permission", chosen, ids=lambda permission: permission.id)


def _dead_letters_of(permission: Permission) -> tuple[str, str]:
    """Whose dead letters a queue keeps, and which target has to fail for them: logical ids, empty for another queue."""
    queue = named(permission.statement["Resource"])[:1]
    for logical_id, resource in TEMPLATES[permission.stack]["Resources"].items():
        given = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Events::Rule":
                edges = [(target.get("DeadLetterConfig"), target["Arn"]) for target in given["Targets"]]
            case "AWS::SNS::Subscription":
                edges = [(given.get("RedrivePolicy"), given["Endpoint"])]
            case "AWS::Lambda::Function":
                edges = [(given.get("DeadLetterConfig"), {"Ref": logical_id})]
            case _:
                edges = []
        for letters, target in edges:
            if named(letters) == queue:
                return logical_id, named(target)[0]
    return "", ""


def _function_of(permission: Permission) -> str:
    """The function whose role has a permission, by its logical id."""
    resources = TEMPLATES[permission.stack]["Resources"]
    roles = named(resources[permission.logical_id]["Properties"].get("Roles")) or [permission.logical_id]
    return next(
        logical_id
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Function" and named(resource["Properties"]["Role"]) == roles
    )


# The shop without it


class Shop:
    """The shop, deployed without some of its permissions."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self._tell = teller(cloud)
        self.ids: dict[str, str] = {}

    def day(self) -> None:
        """Publish each type of event once, and let everything come to rest."""
        self.ids = {kind: self._tell(kind, detail, settle=False) for kind, detail in ONE_OF_EACH.items()}
        self.cloud.settle()

    def undelivered(self) -> list[Delivery]:
        return [delivery for delivery in self.cloud.ledger.deliveries if delivery.fate is not Fate.DELIVERED]

    def name(self, stack: str, logical_id: str) -> str:
        """The name that a resource was given, as it stands in its ARN; the value of an export, by its name."""
        cloudformation = self.cloud.client("cloudformation")
        if logical_id.startswith(tuple(f"{name}:" for name in TEMPLATES)):
            exports = cloudformation.list_exports()["Exports"]
            return str(next(export["Value"] for export in exports if export["Name"] == logical_id))
        found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
        made = str(found["StackResourceDetail"]["PhysicalResourceId"])
        return made.rsplit("/", 1)[-1] if made.startswith("http") else made


@pytest.fixture
def shop_without(assembly: Path, tmp_path: Path, eventyard_host: Host) -> Any:  # noqa: ANN401 - a context manager's maker
    @contextmanager
    def deployed(*gone: Permission) -> Iterator[Shop]:
        folder = tmp_path / "cdk.out"
        _write_without(assembly, folder, gone)
        with LocalCloud(host=eventyard_host) as cloud:
            cloud.deploy(folder)
            yield Shop(cloud)

    return deployed


def _write_without(assembly: Path, folder: Path, gone: tuple[Permission, ...]) -> None:
    shutil.copytree(assembly, folder)
    for stack in {permission.stack for permission in gone}:
        template = without(TEMPLATES[stack], *(permission for permission in gone if permission.stack == stack))
        (folder / f"{stack}.template.json").write_text(json.dumps(template))


def _role_name(shop: Shop, permission: Permission) -> str:
    return shop.name(permission.stack, named(TEMPLATES[permission.stack]["Resources"][permission.logical_id])[-1])


def _spoil_the_work(shop: Shop, permission: Permission) -> None:
    """Take away the table or queue that a function works with, so that it has to forget that it had begun."""
    function = shop.name(permission.stack, _function_of(permission))
    configuration = shop.cloud.client("lambda").get_function_configuration(FunctionName=function)
    for variable, value in configuration["Environment"]["Variables"].items():
        if variable.endswith("_QUEUE_URL"):
            shop.cloud.client("sqs").delete_queue(QueueUrl=value)
        elif variable.endswith("_TABLE") and variable != "IDEMPOTENCY_TABLE":
            shop.cloud.client("dynamodb").delete_table(TableName=value)


def _told(delivery: Delivery) -> str:
    """All that is said about a delivery: its reason, those of its attempts, and what the function printed."""
    tries = [f"{attempt.code} {attempt.reason}\n{attempt.log}" for attempt in delivery.attempts]
    return "\n".join([delivery.reason, *tries])


# What becomes of it


def test_each_permission_can_be_told_from_the_others() -> None:
    assert len({permission.id for permission in ALL}) == len(ALL)


@of("delivery")
def test_a_service_that_is_not_admitted_delivers_nothing(shop_without: Any, permission: Permission) -> None:  # noqa: ANN401
    with shop_without(permission) as shop:
        shop.day()

        undelivered = shop.undelivered()
        assert undelivered
        for delivery in undelivered:
            assert (delivery.fate, delivery.code) == (Fate.DEAD_LETTERED, CODES[permission.principal])
            refused = f"{permission.principal} may not {permission.action.rstrip('*')} on "
            assert delivery.reason.startswith(refused)
        # A key's statement is for all that the key encrypts, which is every topic.
        where = named(permission.statement["Resource"]) or [permission.logical_id]
        resource = shop.name(permission.stack, where[0])
        assert all(resource in delivery.reason for delivery in undelivered)
        assert broken_promises(shop.cloud, shop.ids)


@of("dead letters")
def test_a_dead_letter_queue_that_admits_nobody_loses_the_event(shop_without: Any, permission: Permission) -> None:  # noqa: ANN401
    source, target = _dead_letters_of(permission)
    with shop_without(permission) as shop:
        struck = shop.name(permission.stack, target)
        # The event gets no further than this target, or fails in this function.
        strike = shop.cloud.faults.fail if source == target else shop.cloud.faults.deny
        strike(struck)
        shop.day()

        dropped = [delivery for delivery in shop.undelivered() if delivery.fate is Fate.DROPPED]
        assert dropped
        queue = shop.name(permission.stack, named(permission.statement["Resource"])[0])
        who = permission.principal or f"role/{_role_name(shop, permission)}"
        for delivery in dropped:
            assert delivery.edge.target.endswith(struck)
            assert "Its dead-letter queue " in delivery.reason
            assert f"{who} may not sqs:SendMessage on arn:aws:sqs:us-east-1:111111111111:{queue}" in delivery.reason
            assert f" failed too: {CODES.get(permission.principal, 'AccessDenied')}: " in delivery.reason


@of("work")
def test_a_function_fails_when_its_role_may_not_do_its_work(shop_without: Any, permission: Permission) -> None:  # noqa: ANN401
    with shop_without(permission) as shop:
        if permission.action == "dynamodb:DeleteItem":
            _spoil_the_work(shop, permission)
        shop.day()

        undelivered = shop.undelivered()
        assert undelivered
        assert {delivery.fate for delivery in undelivered} == {Fate.DEAD_LETTERED}
        if permission.type == "AWS::KMS::Key":
            # Without the account's own statement no role may use the key, whatever its policies say.
            told, what = "may not kms:", [permission.logical_id]
        else:
            function = shop.name(permission.stack, _function_of(permission))
            assert {delivery.edge.target.rsplit(":", 1)[-1] for delivery in undelivered} == {function}
            told, what = permission.action.rstrip("*"), named(permission.statement["Resource"])
        for delivery in undelivered:
            assert told in _told(delivery)
            assert shop.name(permission.stack, what[0]) in _told(delivery)
            assert "AccessDenied" in _told(delivery) or "AuthorizationError" in _told(delivery)


@of("polling", "trust")
def test_no_function_is_mapped_to_a_queue_that_its_role_may_not_poll(shop_without: Any, permission: Permission) -> None:  # noqa: ANN401
    function = _function_of(permission)
    mappings = [
        logical_id
        for logical_id, resource in TEMPLATES[permission.stack]["Resources"].items()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
        and named(resource["Properties"]["FunctionName"]) == [function]
    ]
    if not mappings:
        pytest.skip("invoked directly")

    with pytest.raises(DeployError) as refused, shop_without(permission):
        pass

    assert (refused.value.stack, refused.value.logical_id) == (permission.stack, mappings[0])
    assert "The function execution role does not have permissions to call " in str(refused.value)
    assert f"may not {permission.action}" in str(refused.value) or "may not assume" in str(refused.value)


@of("log")
def test_a_functions_log_stays_empty_when_its_role_may_not_write_it(shop_without: Any, permission: Permission) -> None:  # noqa: ANN401
    with shop_without(permission) as shop:
        shop.day()

        assert broken_promises(shop.cloud, shop.ids) == []
        group = shop.name(permission.stack, named(permission.statement["Resource"])[0])
        assert shop.cloud.client("logs").filter_log_events(logGroupName=group)["events"] == []


def test_what_nobody_feels_is_told_apart(shop_without: Any) -> None:  # noqa: ANN401
    """Whatever is taken from the table is not needed for any promise; what is needed may not be in it."""
    unfelt = [permission for permission in ALL if kind(permission) == "unfelt"]
    assert {(permission.principal, permission.action) for permission in unfelt} == set(UNFELT)

    with shop_without(*unfelt) as shop:
        shop.day()

        assert shop.undelivered() == []
        assert broken_promises(shop.cloud, shop.ids) == []
