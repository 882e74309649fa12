"""Event types in CDK: registered, carried to functions, and what a bus's routes are held to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic
import pytest

from eventyard.constructs import App, Bus, ContractsLayer, Queue, SchemaRegistry
from eventyard.contracts import ContractError, EventType
from eventyard.errors import PatternError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("cdk")


class OrderPlaced(EventType, source="shop.web"):
    """A customer
    has ordered.

    More about it.
    """

    order_id: str
    country: str


def test_each_event_type_is_a_schema_of_the_registry(
    new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]
) -> None:
    stack = new_stack()
    SchemaRegistry(stack, "Contracts", name="shop", events=[OrderPlaced], description="What is said")

    resources = synthesized(stack)
    assert resources.the("EventSchemas::Registry") == {"RegistryName": "shop", "Description": "What is said"}
    schema = resources.the("EventSchemas::Schema")
    document = json.loads(schema.pop("Content"))
    assert schema == {
        "RegistryName": "shop",
        "SchemaName": "shop.web@OrderPlaced",
        "Type": "OpenApi3",
        "Description": "A customer has ordered.",
    }
    assert document["components"]["schemas"]["AWSEvent"]["x-amazon-events-detail-type"] == "OrderPlaced"


def test_a_schema_is_made_after_its_registry(new_stack: Callable[..., Any], synthesized: Callable[[Any], Any]) -> None:
    stack = new_stack()
    SchemaRegistry(stack, "Contracts", events=[OrderPlaced])

    template = synthesized(stack).template["Resources"]
    (registry,) = (name for name, one in template.items() if one["Type"] == "AWS::EventSchemas::Registry")
    (schema,) = (one for one in template.values() if one["Type"] == "AWS::EventSchemas::Schema")
    assert schema["DependsOn"] == [registry]


@pytest.mark.parametrize("name", ["aws.shop", "the shop", "x" * 65])
def test_a_name_that_the_registry_would_refuse_is_refused(new_stack: Callable[..., Any], name: str) -> None:
    with pytest.raises(ContractError, match="cannot name a registry"):
        SchemaRegistry(new_stack(), "Contracts", name=name, events=[])


def test_two_event_types_of_one_name_are_refused(new_stack: Callable[..., Any]) -> None:
    with pytest.raises(ContractError, match=r"Contracts: shop\.web@OrderPlaced"):
        SchemaRegistry(new_stack(), "Contracts", events=[OrderPlaced, OrderPlaced])


def test_a_route_that_names_a_field_that_no_event_has_fails_the_synthesis(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()
    bus, queue = Bus(stack, "Commerce", events=[OrderPlaced]), Queue(stack, "Orders")
    bus.route("German", {"detail-type": ["OrderPlaced"], "detail": {"country": ["DE"]}}, to=queue)

    with pytest.raises(PatternError, match=r"Typo.*no field detail\.contry\. Did you mean detail\.country\?"):
        bus.route("Typo", {"detail-type": ["OrderPlaced"], "detail": {"contry": ["DE"]}}, to=queue)


def test_a_bus_whose_events_are_not_known_takes_any_pattern(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()

    Bus(stack, "Commerce").route("Any", {"detail": {"contry": ["DE"]}}, to=Queue(stack, "Orders"))


def test_a_value_that_is_known_only_at_deployment_is_not_held_to_anything(new_stack: Callable[..., Any]) -> None:
    stack = new_stack()
    bus, queue = Bus(stack, "Commerce", events=[OrderPlaced]), Queue(stack, "Orders")

    bus.route("Mine", {"account": [stack.account], "detail": {"order_id": [queue.queue_name]}}, to=queue)


def test_the_layer_is_all_that_a_function_needs_beside_pydantic(tmp_path: Path) -> None:
    """Given the layer's content and Pydantic's folder and nothing else, then event types are declared and read."""
    from aws_cdk import Stack  # noqa: PLC0415 (after the constructs have found their Node)

    app = App(outdir=str(tmp_path))
    ContractsLayer(Stack(app, "Shop"), "Contracts")
    app.synth()
    (layer,) = (folder for folder in tmp_path.glob("asset.*") if (folder / "python" / "eventyard").is_dir())
    program = """
import eventyard.contracts, pathlib
from eventyard.contracts import EventType
class Noted(EventType, source="shop.web"):
    text: str
print(pathlib.Path(eventyard.contracts.__file__).parents[2], Noted(text="x").entry(bus="b")["Detail"])
import eventyard.contracts.testing
"""
    libraries = Path(pydantic.__file__).parents[1]
    path = os.pathsep.join([str(layer / "python"), str(libraries)])

    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout == f'{layer / "python"} {{"text":"x"}}\n', ran.stderr
    assert ran.returncode == 0, ran.stderr
    assert {file.name for file in (layer / "python" / "eventyard").iterdir()} == {
        "__init__.py",
        "errors.py",
        "contracts",
        "patterns",
    }
    assert not list(layer.rglob("__pycache__"))
