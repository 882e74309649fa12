"""`eventyard publish`, as someone types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eventyard.local import ServedCloud
from tests.moody_service import HANG_UP, MoodyService

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SHOP, PARTNER = "111111111111", "222222222222"
QUEUE = f"arn:aws:sqs:us-east-1:{SHOP}:orders"

Said = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def served() -> Iterator[ServedCloud]:
    """A bus and a topic, both of which a queue hears."""
    with ServedCloud(port=0) as cloud:
        events, sns, sqs = cloud.client("events"), cloud.client("sns"), cloud.client("sqs")
        statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": QUEUE}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.create_queue(QueueName="orders", Attributes={"Policy": policy})
        events.create_event_bus(Name="commerce")
        events.put_rule(Name="all", EventBusName="commerce", EventPattern='{"source": ["shop.web"]}')
        events.put_targets(Rule="all", EventBusName="commerce", Targets=[{"Id": "1", "Arn": QUEUE}])
        news = sns.create_topic(Name="news")["TopicArn"]
        sns.subscribe(TopicArn=news, Protocol="sqs", Endpoint=QUEUE, Attributes={"RawMessageDelivery": "true"})
        yield cloud


@dataclass(frozen=True)
class Terminal:
    """Somebody's terminal, in a folder of theirs."""

    folder: Path
    cloud: ServedCloud

    def environment(self, **variables: str) -> dict[str, str]:
        """Nothing of this machine's own AWS."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        given = {"AWS_ENDPOINT_URL": self.cloud.endpoint, "AWS_EC2_METADATA_DISABLED": "true", **variables}
        return {**kept, "PYTHONPATH": str(ROOT), "HOME": str(self.folder), **given}

    def publish(self, *arguments: str, given: str = "", **variables: str) -> Said:
        """What the command says."""
        return subprocess.run(
            command(*arguments),
            input=given,
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )

    def orders(self, count: int, **more: Any) -> str:  # noqa: ANN401 - any JSON
        """A file of so many, by its name."""
        return self.lines(*({**ENTRY, "Detail": {"order_id": f"o-{n}", **more}} for n in range(1, count + 1)))

    def lines(self, *objects: Any) -> str:  # noqa: ANN401 - any JSON
        """A file of JSON lines, by its name."""
        (self.folder / "lines.jsonl").write_text("".join(json.dumps(one) + "\n" for one in objects))
        return "lines.jsonl"

    def received(self) -> list[str]:
        """The bodies of all messages in the queue, which are then gone."""
        self.cloud.settle()
        sqs, bodies = self.cloud.client("sqs"), []
        url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def order_ids(self) -> list[str]:
        """Of the events received."""
        return sorted(json.loads(body)["detail"]["order_id"] for body in self.received())


ENTRY = {"Source": "shop.web", "DetailType": "OrderPlaced"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "eventyard", "publish", *arguments]


@pytest.fixture
def terminal(tmp_path: Path, served: ServedCloud) -> Terminal:
    return Terminal(tmp_path, served)


def test_every_event_of_a_file_arrives_and_the_report_says_so(terminal: Terminal) -> None:
    said = terminal.publish(terminal.orders(250), "--bus", "commerce")

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("250 taken, 0 not, in ")
    assert "25 calls, 0 sent again." in said.stdout
    assert terminal.order_ids() == sorted(f"o-{n}" for n in range(1, 251))


def test_every_message_of_standard_input_arrives_at_a_topic(terminal: Terminal) -> None:
    given = "".join(json.dumps({"Message": f"news {n}"}) + "\n" for n in range(25))

    said = terminal.publish("-", "--topic", "news", "--json", given=given)

    assert said.returncode == 0, said.stderr
    report = json.loads(said.stdout)
    assert (report["taken"], report["calls"], report["complete"]) == (25, 3, True)
    assert report["to"] == f"arn:aws:sns:us-east-1:{SHOP}:news"
    assert sorted(terminal.received()) == sorted(f"news {n}" for n in range(25))


def test_samples_of_an_event_type_are_published(terminal: Terminal) -> None:
    (terminal.folder / "shop_events.py").write_text(
        "from eventyard.contracts import EventType\n"
        "class OrderPlaced(EventType, source='shop.web'):\n"
        "    order_id: str\n"
        "    total: int\n"
    )
    said = terminal.publish("--sample", "shop_events:OrderPlaced", "--count", "12", "--bus", "commerce")

    assert said.returncode == 0, said.stderr
    details = [json.loads(body)["detail"] for body in terminal.received()]
    assert len(details) == 12
    assert all(isinstance(detail["total"], int) for detail in details)


def test_a_bad_line_is_said_before_anything_is_sent(terminal: Terminal) -> None:
    said = terminal.publish(terminal.lines({**ENTRY, "Detail": {}}, {"Source": "shop.web"}), "--bus", "commerce")

    assert said.returncode == 2
    assert said.stderr == (
        "eventyard: lines.jsonl, line 2: DetailType: it is required. "
        "Write Source, DetailType and Detail, or a whole event.\n"
    )
    assert terminal.received() == []


def test_what_is_not_taken_is_named_and_ends_with_1(terminal: Terminal) -> None:
    good = {**ENTRY, "Detail": {"order_id": "o-1"}}
    said = terminal.publish(terminal.lines(good, {**good, "Source": "aws.ec2"}), "--bus", "commerce")

    assert said.returncode == 1
    assert said.stdout.startswith("1 taken, 1 not, in ")
    assert "  line 2: NotAuthorizedForSourceException" in said.stdout
    assert "With --resume FILE a further run sends what was not taken, and nothing else." in said.stdout
    assert terminal.order_ids() == ["o-1"]


def test_an_account_publishes_to_its_own_bus(terminal: Terminal) -> None:
    said = terminal.publish(terminal.orders(1), "--bus", "commerce", "--account", PARTNER)

    assert said.returncode == 2
    assert "bus commerce: there is no such bus." in said.stderr


def test_who_may_not_publish_is_told_so_once(terminal: Terminal) -> None:
    """Given another account's bus, which admits nobody, then the run ends at its first call."""
    bus = f"arn:aws:events:us-east-1:{SHOP}:event-bus/commerce"
    said = terminal.publish(terminal.orders(500), "--bus", bus, "--account", PARTNER, "--jobs", "1", "--json")

    report = json.loads(said.stdout)
    assert said.returncode == 2
    assert (report["taken"], report["untaken"], report["complete"]) == (0, [], False)
    assert said.stderr.startswith(f"eventyard: {bus}: AccessDeniedException: ")
    assert said.stderr.count("\n") == 1


def test_what_is_throttled_is_sent_again_and_nothing_else(terminal: Terminal) -> None:
    with MoodyService(lambda entry, n: "ThrottlingException" if '"o-7"' in entry and n < 3 else None) as service:
        said = terminal.publish(terminal.orders(20), "--bus", "commerce", AWS_ENDPOINT_URL=service.endpoint)

    assert said.returncode == 0, said.stderr
    assert "20 taken, 0 not" in said.stdout
    assert sorted(map(len, service.calls)) == [1, 1, 10, 10]


def test_a_run_that_is_killed_goes_on_where_it_was(terminal: Terminal) -> None:
    """Given a run that is killed (kill -9) with 300 of 1,000 events taken, when it is started again, then none is lost.

    None is there twice either, but for what was under way: four calls at most.
    """
    started: list[subprocess.Popen[bytes]] = []
    ready = threading.Event()

    def mood(_entry: str, _times: int) -> str | None:
        ready.wait(30)
        if sum(map(len, service.calls)) > 300:
            started[0].kill()
            return HANG_UP
        return None

    file = terminal.orders(1_000)
    arguments = (file, "--bus", "commerce", "--resume", "resume")
    with MoodyService(mood) as service:
        environment = terminal.environment(AWS_ENDPOINT_URL=service.endpoint)
        with subprocess.Popen(command(*arguments), cwd=terminal.folder, env=environment) as run:
            started.append(run)
            ready.set()
        assert run.returncode == -signal.SIGKILL
        service.mood = lambda _entry, _times: None
        said = terminal.publish(*arguments, AWS_ENDPOINT_URL=service.endpoint)

    assert said.returncode == 0, said.stderr
    assert len(service.taken) == 1_000
    assert sum(times - 1 for times in service.taken.values()) <= 4 * 10
    assert len((terminal.folder / "resume").read_text().splitlines()) == 1 + 1_000


def test_ctrl_c_waits_for_what_is_under_way_so_that_nothing_is_there_twice(terminal: Terminal) -> None:
    started: list[subprocess.Popen[str]] = []
    ready, pressed = threading.Event(), threading.Event()

    def mood(_entry: str, _times: int) -> str | None:
        ready.wait(30)
        if len(service.calls) == 20 and not pressed.is_set():
            pressed.set()
            started[0].send_signal(signal.SIGINT)
        return None

    arguments = (terminal.orders(1_000), "--bus", "commerce", "--resume", "resume")
    with MoodyService(mood) as service:
        environment = terminal.environment(AWS_ENDPOINT_URL=service.endpoint)
        with subprocess.Popen(
            [*command(*arguments), "--rate", "500"],
            cwd=terminal.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as run:
            started.append(run)
            ready.set()
            report, error = run.communicate(timeout=60)
        said = terminal.publish(*arguments, AWS_ENDPOINT_URL=service.endpoint)

    assert run.returncode == 2
    assert "The same command with --resume resume sends what was not taken" in report
    assert error == "eventyard: it was broken off. With a resume file it goes on where it was.\n"
    assert said.returncode == 0, said.stderr
    assert len(service.taken) == 1_000
    assert set(service.taken.values()) == {1}


def test_a_second_run_sends_what_the_first_could_not(terminal: Terminal) -> None:
    with MoodyService(lambda entry, n: "MalformedDetail" if '"o-3"' in entry and n == 1 else None) as service:
        arguments = (terminal.orders(20), "--bus", "commerce", "--resume", "resume")
        first = terminal.publish(*arguments, AWS_ENDPOINT_URL=service.endpoint)
        second = terminal.publish(*arguments, AWS_ENDPOINT_URL=service.endpoint)

    assert (first.returncode, second.returncode) == (1, 0), first.stderr + second.stderr
    assert "The same command with --resume resume sends what was not taken" in first.stdout
    assert second.stdout.startswith("1 taken, 19 were before, 0 not")
    assert set(service.taken.values()) == {1}


AWS = "https://events.us-east-1.amazonaws.com"


@pytest.mark.parametrize(("arguments", "variable"), [((), AWS), (("--endpoint", AWS), "http://127.0.0.1:9")])
def test_no_call_leaves_this_machine_unless_aws_is_meant(
    terminal: Terminal, arguments: tuple[str, ...], variable: str
) -> None:
    said = terminal.publish(terminal.orders(1), "--bus", "commerce", *arguments, AWS_ENDPOINT_URL=variable)

    assert said.returncode == 2
    assert "this call was about to leave the machine." in said.stderr
    assert "Give --aws if real AWS is meant." in said.stderr


def test_the_endpoint_may_be_said_in_the_command(terminal: Terminal) -> None:
    said = terminal.publish(
        *(terminal.orders(2), "--bus", "commerce", "--endpoint", terminal.cloud.endpoint),
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
    )

    assert said.returncode == 0, said.stderr
    assert terminal.order_ids() == ["o-1", "o-2"]


def test_neither_a_services_own_endpoint_nor_a_proxy_leads_away(terminal: Terminal) -> None:
    away = {"AWS_ENDPOINT_URL_EVENTBRIDGE": "https://events.example", "HTTP_PROXY": "http://proxy.example:3128"}
    said = terminal.publish(terminal.orders(3), "--bus", "commerce", **away, http_proxy="http://proxy.example:3128")

    assert said.returncode == 0, said.stderr
    assert len(terminal.received()) == 3


def test_with_aws_the_sdks_own_settings_count(terminal: Terminal) -> None:
    """What stands in for AWS here: an endpoint of the SDK's own configuration."""
    with MoodyService() as service:
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
        said = terminal.publish(
            *(terminal.orders(3), "--bus", "commerce", "--aws"), **credentials, AWS_ENDPOINT_URL=service.endpoint
        )

    assert said.returncode == 0, said.stderr
    assert len(service.taken) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give FILE or --sample, one of them"),
        (("x.jsonl",), "give --bus or --topic, one of them"),
        (("x.jsonl", "--bus", "commerce"), "x.jsonl: it cannot be read: No such file or directory"),
        (("--sample", "nowhere:X", "--bus", "commerce"), "--sample nowhere:X: No module named 'nowhere'"),
        (("--sample", "json:loads", "--bus", "commerce"), "--sample json:loads: it is no event type"),
        (("x.jsonl", "--bus", "commerce", "--aws", "--account", SHOP), "--account: against real AWS the SDK's own"),
        (("x.jsonl", "--topic", "nothing"), "there is no such topic"),
    ],
)
def test_what_cannot_begin_ends_with_2_and_says_what_to_do(
    terminal: Terminal, arguments: tuple[str, ...], said: str
) -> None:
    answer = terminal.publish(*arguments)

    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_cloud_that_is_not_there_is_said_to_be_so(terminal: Terminal) -> None:
    said = terminal.publish(terminal.orders(1), "--bus", "commerce", AWS_ENDPOINT_URL="http://127.0.0.1:9")

    assert said.returncode == 2
    assert "Is `eventyard up` running, and --endpoint or AWS_ENDPOINT_URL its address?" in said.stderr
