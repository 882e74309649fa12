"""`eventyard why`, as someone types it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.cli._rules import Bus, whole_event
from eventyard.errors import EventyardError
from eventyard.local import LocalCloud

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENTRY = {"Source": "shop.web", "DetailType": "OrderPlaced", "Detail": '{"total": 80}'}
ENVELOPE = {"source": "shop.web", "detail-type": "OrderPlaced", "detail": {"total": 80}}
ELSEWHERE = "arn:aws:sqs:us-east-1:111111111111:somewhere"


def why(event: object, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    given = event if isinstance(event, str) else json.dumps(event)
    command = [sys.executable, "-m", "eventyard", "why", given, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def rule(name: str, pattern: dict[str, Any], **properties: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": name,
            "EventBusName": {"Ref": "Commerce"},
            "EventPattern": pattern,
            "Targets": [{"Id": "Target", "Arn": ELSEWHERE}],
            **properties,
        },
    }


BUS = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "commerce"}}
RESOURCES = {
    "Commerce": BUS,
    "Shop": rule("shop", {"source": [{"prefix": "shop."}]}),
    "Large": rule("large-orders", {"detail-type": ["OrderPlaced"], "detail": {"total": [{"numeric": [">", 100]}]}}),
    "Far": rule("alarms", {"source": ["tills"], "detail-type": ["ReturnRequested"]}),
}


COMMERCE = Bus("commerce", "arn:aws:events:us-east-1:111111111111:event-bus/commerce", "111111111111", "us-east-1")


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as running:
        running.client("events").create_event_bus(Name="commerce")
        yield running


@pytest.fixture
def template(tmp_path: Path) -> str:
    return written(tmp_path, RESOURCES)


def written(folder: Path, resources: dict[str, Any]) -> str:
    file = folder / "shop.json"
    file.write_text(json.dumps({"Resources": resources}))
    return str(file)


def test_it_names_the_rules_that_match_and_the_nearest_miss_of_the_others_first(template: str) -> None:
    said = why(ENTRY, "--bus", "commerce", "--assembly", template)

    assert said.returncode == 0, said.stderr
    assert "OrderPlaced from shop.web on commerce (111111111111 us-east-1)" in said.stdout
    assert "1 of its 3 rules match." in said.stdout
    assert "detail.total: 80 is not > 100" in said.stdout
    places = [said.stdout.index(f"  {name}\n") for name in ("shop", "large-orders", "alarms")]
    assert places == sorted(places)
    assert max(len(line) for line in said.stdout.splitlines()) <= 80


def test_it_ends_with_1_when_no_rule_matches(template: str) -> None:
    said = why({**ENVELOPE, "source": "shop"}, "--bus", "commerce", "--assembly", template)

    assert said.returncode == 1, said.stderr
    assert "0 of its 3 rules match." in said.stdout
    assert 'source: "shop" does not begin with "shop."' in said.stdout


def test_a_bus_without_rules_says_so(template: str) -> None:
    said = why(ENVELOPE, "--bus", "default", "--assembly", template)

    assert said.returncode == 1, said.stderr
    assert "It has no rules." in said.stdout


def test_json_holds_the_event_completed_and_every_rule(template: str) -> None:
    said = why(ENTRY, "--bus", "commerce", "--assembly", template, "--json")

    answer = json.loads(said.stdout)
    assert answer["bus"] == "arn:aws:events:us-east-1:111111111111:event-bus/commerce"
    assert answer["event"].items() >= ENVELOPE.items()
    assert [(one["rule"], one["matches"]) for one in answer["rules"]] == [
        ("shop", True),
        ("large-orders", False),
        ("alarms", False),
    ]
    assert answer["rules"][1]["explanation"]["alternatives"][0]["findings"][0]["path"] == "detail.total"


@pytest.mark.parametrize("event", [ENTRY, {**ENTRY, "Detail": {"total": 80}}, ENVELOPE])
def test_an_event_is_completed_to_what_rules_see(cloud: LocalCloud, event: dict[str, Any]) -> None:
    whole = whole_event(cloud, COMMERCE, event)

    assert whole.items() >= ENVELOPE.items()
    assert set(whole) == {
        *("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
    }


def test_what_an_envelope_says_of_itself_stays(cloud: LocalCloud) -> None:
    told = {**ENVELOPE, "source": "aws.s3", "account": "999999999999", "time": "2020-01-01T00:00:00Z"}

    assert whole_event(cloud, COMMERCE, told).items() >= told.items()


@pytest.mark.parametrize(
    ("event", "where", "message"),
    [
        ({"total": 80}, "EVENT.source", "it is missing"),
        ({"source": "shop.web", "detail-type": "OrderPlaced"}, "EVENT.detail", "it is missing"),
        ({**ENVELOPE, "detail": '{"total": 80}'}, "EVENT.detail", "it is of the wrong type"),
        ({"Source": "shop.web", "Detail": "{}"}, "EVENT", "DetailType is a required argument"),
        ({"Source": "shop.web", "DetailType": "OrderPlaced"}, "EVENT", "Detail is a required argument"),
        ({**ENTRY, "Detail": "[]"}, "EVENT", "Detail is malformed"),
        ({**ENTRY, "Detail": 3}, "EVENT", "Invalid type for parameter Entries[0].Detail"),
        ({**ENTRY, "Source": "aws.s3"}, "EVENT", "Not authorized for the source"),
        ({**ENTRY, "Sourc": "shop.web"}, "EVENT", 'Unknown parameter in Entries[0]: "Sourc"'),
    ],
)
def test_an_event_that_no_bus_would_take_is_refused(
    cloud: LocalCloud, event: dict[str, Any], where: str, message: str
) -> None:
    with pytest.raises(EventyardError) as refusal:
        whole_event(cloud, COMMERCE, event)

    assert refusal.value.where == where
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_disabled_rule_hears_nothing(tmp_path: Path) -> None:
    disabled = rule("asleep", {"source": ["shop.web"]}, State="DISABLED")

    said = why(ENTRY, "--bus", "commerce", "--assembly", written(tmp_path, {"Commerce": BUS, "Asleep": disabled}))

    assert said.returncode == 1, said.stderr
    assert "The rule is disabled; its pattern matches." in said.stdout


def test_the_rule_that_an_archive_makes_for_itself_is_not_asked(tmp_path: Path) -> None:
    archive = {
        "Type": "AWS::Events::Archive",
        "Properties": {"ArchiveName": "all", "SourceArn": {"Fn::GetAtt": ["Commerce", "Arn"]}},
    }

    said = why(ENTRY, "--bus", "commerce", "--assembly", written(tmp_path, {"Commerce": BUS, "Archive": archive}))

    assert said.returncode == 1, said.stderr
    assert "It has no rules." in said.stdout


def test_stacks_that_name_no_account_go_where_the_bus_is_asked_for(template: str) -> None:
    place = ("--account", "222222222222", "--region", "eu-central-1")

    said = why(ENTRY, "--bus", "commerce", "--assembly", template, *place, "--json")

    answer = json.loads(said.stdout)
    assert answer["bus"] == "arn:aws:events:eu-central-1:222222222222:event-bus/commerce"
    assert answer["event"]["region"] == "eu-central-1"


def test_a_bus_of_that_name_in_two_accounts_must_be_told_apart(tmp_path: Path) -> None:
    assembly = two_accounts(tmp_path)

    unclear = why(ENTRY, "--bus", "commerce", "--assembly", assembly)
    by_account = why(ENTRY, "--bus", "commerce", "--assembly", assembly, "--account", "222222222222", "--json")
    by_arn = why(
        ENTRY, "--bus", "arn:aws:events:us-east-1:222222222222:event-bus/commerce", "--assembly", assembly, "--json"
    )

    assert unclear.returncode == 2
    assert "commerce (111111111111 us-east-1), commerce (222222222222 us-east-1)" in unclear.stderr
    assert "--account" in unclear.stderr
    for said in (by_account, by_arn):
        assert json.loads(said.stdout)["event"]["account"] == "222222222222"


def test_an_unknown_bus_is_refused_with_the_buses_there_are(template: str) -> None:
    said = why(ENTRY, "--bus", "comerce", "--assembly", template)

    assert said.returncode == 2
    assert said.stderr.startswith("eventyard: --bus comerce: there is no such bus.")
    assert "commerce (111111111111 us-east-1)" in said.stderr
    assert said.stderr.count("\n") == 1


def test_an_unknown_region_is_refused(template: str) -> None:
    said = why(ENTRY, "--bus", "commerce", "--assembly", template, "--region", "us-est-1")

    assert said.returncode == 2
    assert said.stderr == "eventyard: --region us-est-1: there is no such Region. Write one such as eu-central-1.\n"


def test_branches_and_long_lines_stay_readable_in_80_columns(tmp_path: Path) -> None:
    far = {"$or": [{"source": ["till"]}, {"source": ["[bold]" + "x" * 34, "y" * 40], "detail": {"total": [1]}}]}
    resources = {"Commerce": BUS, "Odd": rule("odd", far)}

    said = why({**ENTRY, "Source": "z" * 40}, "--bus", "commerce", "--assembly", written(tmp_path, resources))

    lines = said.stdout.splitlines()
    assert said.returncode == 1, said.stderr
    assert "  odd" in lines
    assert "[bold]xxx" in said.stdout
    assert "    $or[0]: it differs" in lines
    assert any(line.startswith('      source: "zzz') for line in lines)
    assert all(line == line.rstrip() and len(line) <= 80 for line in lines)


def test_a_stack_that_cannot_be_deployed_whole_is_mentioned_and_the_rest_answers(tmp_path: Path) -> None:
    broken = {"Type": "AWS::SNS::Subscription", "Properties": {"Protocol": "sqs", "TopicArn": {"Ref": "NoTopic"}}}

    said = why(ENTRY, "--bus", "commerce", "--assembly", written(tmp_path, {**RESOURCES, "Broken": broken}))

    assert said.returncode == 0
    assert said.stderr.startswith("eventyard: shop/Broken: ")
    assert "1 of its 3 rules match." in said.stdout


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("{", "EVENT: it is not valid JSON"),
        ("nowhere.json", "EVENT: 'nowhere.json' is neither JSON text nor a file"),
        ({**ENTRY, "Detail": "[]"}, "EVENT: PutEvents refuses it: MalformedDetail"),
    ],
)
def test_bad_input_ends_with_2_and_one_message(template: str, event: object, message: str) -> None:
    said = why(event, "--bus", "commerce", "--assembly", template)

    assert said.returncode == 2
    assert said.stderr.startswith(f"eventyard: {message}")
    assert said.stderr.count("\n") == 1
    assert said.stdout == ""


def test_without_an_assembly_there_must_be_an_app_or_a_served_cloud(tmp_path: Path) -> None:
    with socket.socket() as asking:
        if asking.connect_ex(("127.0.0.1", 4599)) == 0:
            pytest.skip("a cloud is served on this machine")

    said = why(ENTRY, "--bus", "commerce", cwd=tmp_path)

    assert said.returncode == 2
    assert said.stderr.startswith("eventyard: http://127.0.0.1:4599: no local cloud answers. Start one")
    assert "or name an --assembly" in said.stderr


@pytest.mark.xdist_group("cdk")
def test_without_an_assembly_the_app_is_synthesized() -> None:
    said = why(ENTRY, "--bus", "commerce")

    assert said.returncode == 0, said.stderr
    assert "OrderFanout/CommerceRoutesPlacedOrders" in said.stdout


def two_accounts(folder: Path) -> str:
    artifacts = {}
    for account in ("111111111111", "222222222222"):
        name = f"Shop{account[0]}"
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": RESOURCES}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/us-east-1",
            "properties": {"templateFile": f"{name}.template.json"},
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    return str(folder)
