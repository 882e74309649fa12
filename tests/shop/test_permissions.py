"""Each permission is needed: without it the shop fails in the right place, and says who may not do what to what."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import DeployError
from eventyard.local import Fate, LocalCloud
from eventyard.policies import Policy, Request, evaluate
from tests.shop.conftest import teller
from tests.shop.day import ONE_OF_EACH
from tests.shop.hearing import broken_promises
from tests.shop.permissions import named, without
from tests.shop.purposes import ALL, POLLING, TEMPLATES, UNFELT, dead_letters_of, function_of, kind, mapping_of, role_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from eventyard.local import Delivery, Host
    from tests.shop.permissions import Permission

    Without = Callable[..., AbstractContextManager["Shop"]]

ALL_ALLOWED = {"Effect": "Allow", "Action": "*", "Resource": "*"}
# What SNS and Lambda are answered, and what EventBridge is.
CODES = {"events.amazonaws.com": "NO_PERMISSIONS", "sns.amazonaws.com": "AccessDenied"}


def of(kind_: str) -> pytest.MarkDecorator:
    chosen = [permission for permission in ALL if kind(permission) == kind_]
    return pytest.mark.parametrize("permission", chosen, ids=lambda permission: permission.id)


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
        """What was not delivered, or not yet."""
        return [delivery for delivery in self.cloud.ledger.deliveries if delivery.fate is not Fate.DELIVERED]

    def lines_in(self, log_group: str) -> int:
        """How many lines a log group has."""
        return len(self.cloud.client("logs").filter_log_events(logGroupName=log_group)["events"])

    def policy(self, permission: Permission) -> tuple[str, str]:
        """The ARN of the queue or topic that a policy is for, and the policy in force; empty if there is none."""
        name = self.name(permission.stack, named(permission.statement["Resource"])[0])
        if permission.type == "AWS::SNS::TopicPolicy":
            return name, str(self.cloud.client("sns").get_topic_attributes(TopicArn=name)["Attributes"]["Policy"])
        sqs = self.cloud.client("sqs")
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "Policy"])["Attributes"]
        return str(found["QueueArn"]), str(found.get("Policy", ""))

    def name(self, stack: str, logical_id: str) -> str:
        """The name that a resource was given, as it stands in its ARN; the value of an export, by its name."""
        cloudformation = self.cloud.client("cloudformation")
        if logical_id.startswith(tuple(f"{name}:" for name in TEMPLATES)):
            exports = cloudformation.list_exports()["Exports"]
            return str(next(export["Value"] for export in exports if export["Name"] == logical_id))
        found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
        made = str(found["StackResourceDetail"]["PhysicalResourceId"])
        return made.rsplit("/", 1)[-1] if made.startswith("http") else made


@pytest.fixture(scope="module")
def shop_without(assembly: Path, tmp_path_factory: pytest.TempPathFactory, eventyard_host: Host) -> Without:
    @contextmanager
    def deployed(*gone: Permission) -> Iterator[Shop]:
        folder = tmp_path_factory.mktemp("shop") / "cdk.out"
        _write_without(assembly, folder, gone)
        with LocalCloud(host=eventyard_host) as cloud:
            cloud.deploy(folder)
            yield Shop(cloud)
        shutil.rmtree(folder)

    return deployed


# Where a permission concerns nobody but its own function, one deployment goes without those of all functions.


@pytest.fixture(scope="module")
def refused_mappings(shop_without: Without) -> Callable[[str], str]:
    """What the deployment says when the functions' roles may not do one thing."""

    @lru_cache
    def told(action: str) -> str:
        gone = [permission for permission in ALL if kind(permission) == "polling" and permission.action == action]
        with pytest.raises(DeployError) as refused, shop_without(*gone):
            pass
        return str(refused.value)

    return told


@pytest.fixture(scope="module")
def lines_logged(shop_without: Without) -> Callable[[str], dict[str, int]]:
    """How many lines each log group has when roles may not do one thing; all that is promised is done nevertheless."""
    loggers = [permission for permission in ALL if kind(permission) == "log"]

    @lru_cache
    def counted(action: str) -> dict[str, int]:
        with shop_without(*(permission for permission in loggers if permission.action == action)) as shop:
            shop.day()
            assert broken_promises(shop.cloud, shop.ids) == []
            groups = {(permission.stack, *named(permission.statement["Resource"])) for permission in loggers}
            return {group: shop.lines_in(shop.name(stack, group)) for stack, group in groups}

    return counted


def _write_without(assembly: Path, folder: Path, gone: tuple[Permission, ...]) -> None:
    shutil.copytree(assembly, folder)
    for stack in {permission.stack for permission in gone}:
        template = without(TEMPLATES[stack], *(permission for permission in gone if permission.stack == stack))
        (folder / f"{stack}.template.json").write_text(json.dumps(template))


def _role_name(shop: Shop, permission: Permission) -> str:
    return shop.name(permission.stack, role_of(permission))


def _spoil_the_work(shop: Shop, permission: Permission) -> None:
    """Take away the table or queue that a function works with, so that it has to forget that it had begun."""
    function = shop.name(permission.stack, function_of(permission))
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
def test_a_service_that_is_not_admitted_delivers_nothing(shop_without: Without, permission: Permission) -> None:
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
def test_a_dead_letter_queue_that_admits_nobody_loses_the_event(shop_without: Without, permission: Permission) -> None:
    source, target = dead_letters_of(permission)
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
def test_a_function_fails_when_its_role_may_not_do_its_work(shop_without: Without, permission: Permission) -> None:
    with shop_without(permission) as shop:
        if permission.action == "dynamodb:DeleteItem":
            _spoil_the_work(shop, permission)
        shop.day()

        function = shop.name(permission.stack, function_of(permission))
        failed = [delivery for delivery in shop.undelivered() if delivery.edge.target.endswith(f":{function}")]
        assert {delivery.fate for delivery in failed} == {Fate.DEAD_LETTERED}
        if permission.action != "dynamodb:DeleteItem":
            assert failed == shop.undelivered()
        resource = shop.name(permission.stack, named(permission.statement["Resource"])[0])
        for delivery in failed:
            told = _told(delivery)
            assert f"{permission.action.rstrip('*')} on " in told
            assert all(one in told for one in (_role_name(shop, permission), resource))
            assert "AccessDenied" in told or "AuthorizationError" in told


@of("polling")
def test_no_function_is_mapped_to_a_queue_that_its_role_may_not_poll(
    refused_mappings: Callable[[str], str], permission: Permission
) -> None:
    told = refused_mappings(permission.action)

    where = f"{permission.stack}/{mapping_of(permission)}: "
    (line,) = [line for line in told.splitlines() if where in line]
    call = permission.action.removeprefix("sqs:") if permission.action in POLLING else "ReceiveMessage"
    assert f"The function execution role does not have permissions to call {call} on SQS" in line
    role = role_of(permission)
    if permission.action in POLLING:
        assert re.search(rf"role/\S*{role}\S* may not {permission.action} on ", line)
    else:
        assert re.search(rf"lambda.amazonaws.com may not assume \S*role/\S*{role}", line)


@of("trust")
def test_a_role_that_lambda_may_not_assume_runs_nothing_and_writes_no_dead_letter(
    shop_without: Without, permission: Permission
) -> None:
    with shop_without(permission) as shop:
        shop.day()

        (dropped,) = shop.undelivered()
        assert dropped.edge.target.endswith(shop.name(permission.stack, function_of(permission)))
        assert (dropped.fate, dropped.code) == (Fate.DROPPED, "AccessDeniedException")
        assert (
            dropped.reason.count(
                f"lambda.amazonaws.com may not assume arn:aws:iam::111111111111:role/{_role_name(shop, permission)}"
            )
            == 2
        )
        assert "Its dead-letter queue " in dropped.reason


@of("administration")
def test_a_key_that_its_account_may_not_administer_is_not_made(shop_without: Without, permission: Permission) -> None:
    with pytest.raises(DeployError) as refused, shop_without(permission):
        pass

    assert (refused.value.stack, refused.value.logical_id) == (permission.stack, permission.logical_id)
    assert f"{permission.principal} is not authorized to perform: kms:" in str(refused.value)


@of("log")
def test_a_functions_log_stays_empty_when_its_role_may_not_write_it(
    lines_logged: Callable[[str], dict[str, int]], permission: Permission
) -> None:
    (group,) = named(permission.statement["Resource"])

    assert lines_logged("")[group] > 0
    assert lines_logged(permission.action)[group] == 0


def test_what_nobody_feels_is_told_apart(shop_without: Without) -> None:
    """Whatever is taken from the table is not needed for any promise; what is needed may not be in it."""
    unfelt = [permission for permission in ALL if kind(permission) == "unfelt"]
    assert {(permission.principal, permission.action) for permission in unfelt} == set(UNFELT)

    with shop_without(*unfelt) as shop:
        shop.day()

        assert shop.undelivered() == []
        assert broken_promises(shop.cloud, shop.ids) == []


# Statements that refuse


@pytest.fixture(scope="module")
def policies(shop_without: Without) -> tuple[dict[str, tuple[str, str]], ...]:
    """The ARNs and policies of queues and topics as they are in force, with and without what refuses in them, by id."""
    refusing = [permission for permission in ALL if permission.refuses]

    def in_force(*gone: Permission) -> dict[str, tuple[str, str]]:
        with shop_without(*gone) as shop:
            return {permission.id: shop.policy(permission) for permission in refusing}

    return in_force(), in_force(*refusing)


@of("refusal")
def test_a_call_without_tls_is_refused_by_this_statement_alone(
    policies: tuple[dict[str, tuple[str, str]], ...], permission: Permission
) -> None:
    """All that is called here counts as if it came by TLS: so the policies in force are asked themselves."""
    anything = Policy.parse({"Version": "2012-10-17", "Statement": ALL_ALLOWED})

    def allowed(found: tuple[str, str], *, secure: bool) -> bool:
        resource, policy = found
        asked = Request(
            principal="arn:aws:iam::111111111111:role/clerk",
            action=permission.action.replace("*", "SendMessage"),
            resource=resource,
            context={"aws:SecureTransport": secure},
        )
        return evaluate(asked, identity=[anything], resource=[policy] if policy else []).allowed

    with_it, without_it = (found[permission.id] for found in policies)

    assert allowed(with_it, secure=True)
    assert not allowed(with_it, secure=False)
    assert allowed(without_it, secure=False)
