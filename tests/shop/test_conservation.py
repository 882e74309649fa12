"""No event is ever lost without a word: the shop in bad weather, and its books.

Twenty thousand events of all types pass, some faults strike every edge, the dead-letter queues too, and after each
thousand the books are audited (`Books.audit`): every delivery has one fate, the ledger's counts are those of its
deliveries, what was dropped had no dead-letter queue that worked, and queues and audit trail hold what the ledger
says.

There the functions have other code: the shop's own makes SDK calls over HTTP, some 20 ms an event, and is what the
other tests here run. Edges, queues, policies, roles and keys are the shop's own. One test has the shop's own code too.

`make conserve` does it with a million.
"""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eventyard.local import LocalCloud
from tests.shop import conservation
from tests.shop.conftest import teller
from tests.shop.day import ONE_OF_EACH
from tests.shop.stand_ins import with_stand_ins
from tests.shop.traffic import SOURCES

if TYPE_CHECKING:
    from eventyard.local import Host

ROOT = Path(__file__).parents[2]
EVENTS = int(os.environ.get("EVENTYARD_EVENTS", "20000"))
SOME = 150


@pytest.fixture
def shop(assembly: Path, tmp_path: Path) -> Path:
    return with_stand_ins(assembly, tmp_path)


def test_in_bad_weather_nothing_is_lost_without_a_word_and_it_is_the_same_weather_twice(shop: Path) -> None:
    """Given faults on all edges, when events pass in two processes, then books balance, and ledgers are the same."""
    command = [sys.executable, "-m", "tests.shop.conservation", str(shop), str(EVENTS)]
    other_order_of_sets = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=other_order_of_sets, stdout=subprocess.PIPE, text=True) as again:
        ledger = conservation.run(shop, EVENTS)
        digest, _ = again.communicate()

    assert again.returncode == 0
    assert digest == sha256(ledger.encode()).hexdigest()


def test_the_shops_own_code_in_bad_weather_loses_nothing(assembly: Path, eventyard_host: Host) -> None:
    first = conservation.run(assembly, SOME, host=eventyard_host)
    second = conservation.run(assembly, SOME, host=eventyard_host)

    assert first == second


def test_an_ordinary_day_is_the_same_day_twice(assembly: Path, eventyard_host: Host) -> None:
    assert _ordinary_day(assembly, eventyard_host) == _ordinary_day(assembly, eventyard_host)


def _ordinary_day(assembly: Path, host: Host) -> str:
    with LocalCloud(host=host, seed=3) as cloud:
        cloud.deploy(assembly)
        tell = teller(cloud)
        for source in SOURCES:
            for detail_type, detail in ONE_OF_EACH.items():
                tell(detail_type, detail, source=source)
            cloud.advance(hours=1)
        cloud.ledger.assert_sound()
        return cloud.ledger.to_json()
