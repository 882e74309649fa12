"""What a spec says of its function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eventyard.local.functions import supported

if TYPE_CHECKING:
    from tests.local.functions.conftest import MakeFunction


@pytest.mark.parametrize(
    ("runtime", "runs"),
    [
        ("python3.13", True),
        ("python3.9", True),
        ("python2.7", False),
        ("nodejs22.x", False),
        ("provided.al2023", False),
    ],
)
def test_python_runtimes_are_run(runtime: str, runs: bool) -> None:  # noqa: FBT001 - the case's expectation
    assert supported(runtime) is runs


def test_name_account_and_region_are_those_of_the_arn(function: MakeFunction) -> None:
    spec = function("", arn="arn:aws:lambda:eu-west-1:222222222222:function:ship-order")
    assert (spec.name, spec.account, spec.region) == ("ship-order", "222222222222", "eu-west-1")


def test_a_spec_stays_as_it_was_made(function: MakeFunction) -> None:
    variables = {"TABLE": "orders"}
    spec = function("", environment=variables)
    variables["TABLE"] = "others"
    assert spec.environment == {"TABLE": "orders"}
    assert spec == function("", name=spec.name, environment={"TABLE": "orders"})
