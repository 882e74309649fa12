"""The schema registry, a service that moto lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Function, Json


def openapi(version: str = "1.0.0") -> str:
    return json.dumps({"openapi": "3.0.0", "info": {"title": "OrderPlaced", "version": version}, "paths": {}})


def resources(content: str = openapi(), description: str = "A customer has ordered") -> Json:
    return {
        "Shop": {"Type": "AWS::EventSchemas::Registry", "Properties": {"RegistryName": "shop"}},
        "Placed": {
            "Type": "AWS::EventSchemas::Schema",
            "DependsOn": "Shop",
            "Properties": {
                "RegistryName": "shop",
                "SchemaName": "shop.web@OrderPlaced",
                "Type": "OpenApi3",
                "Content": content,
                "Description": description,
            },
        },
    }


def described(**more: str) -> dict[str, Any]:
    schemas = boto3.client("schemas")
    return dict(schemas.describe_schema(RegistryName="shop", SchemaName="shop.web@OrderPlaced", **more))


def test_what_a_template_registers_is_there_for_everybody_to_read(cloud: LocalCloud, deploy: Deploy) -> None:
    assert deploy(resources()) == ()

    found = described()
    assert found["SchemaArn"] == "arn:aws:schemas:us-east-1:111111111111:schema/shop/shop.web@OrderPlaced"
    assert json.loads(found["Content"])["info"]["title"] == "OrderPlaced"
    assert (found["SchemaVersion"], found["Type"]) == ("1", "OpenApi3")
    assert found["VersionCreatedDate"] == cloud.now
    schemas = cloud.client("schemas")
    (listed,) = schemas.list_schemas(RegistryName="shop", SchemaNamePrefix="shop.web@")["Schemas"]
    assert (listed["SchemaName"], listed["VersionCount"]) == ("shop.web@OrderPlaced", 1)
    (registry,) = schemas.list_registries(Scope="LOCAL")["Registries"]
    assert registry["RegistryArn"] == "arn:aws:schemas:us-east-1:111111111111:registry/shop"


@pytest.mark.usefixtures("cloud")
def test_other_content_is_another_version_and_the_old_one_stays(deploy: Deploy) -> None:
    deploy(resources())
    deploy(resources(description="Somebody has ordered"))
    assert (described()["SchemaVersion"], described()["Description"]) == ("1", "Somebody has ordered")

    deploy(resources(openapi("1.1.0")))
    assert described()["SchemaVersion"] == "2"
    assert json.loads(described(SchemaVersion="1")["Content"])["info"]["version"] == "1.0.0"
    versions = boto3.client("schemas").list_schema_versions(RegistryName="shop", SchemaName="shop.web@OrderPlaced")
    assert [one["SchemaVersion"] for one in versions["SchemaVersions"]] == ["2", "1"]


def test_what_a_template_no_longer_registers_is_gone(cloud: LocalCloud, deploy: Deploy) -> None:
    deploy(resources())
    whole = resources()
    del whole["Placed"]
    deploy(whole)
    assert cloud.client("schemas").list_schemas(RegistryName="shop")["Schemas"] == []


def test_registries_are_of_one_account_and_region(cloud: LocalCloud) -> None:
    cloud.client("schemas").create_registry(RegistryName="shop")
    assert cloud.client("schemas", region="eu-west-1").list_registries()["Registries"] == []
    assert cloud.client("schemas", account="222222222222").list_registries()["Registries"] == []


def test_many_schemas_come_page_by_page(cloud: LocalCloud) -> None:
    schemas = cloud.client("schemas")
    schemas.create_registry(RegistryName="shop")
    names = [f"schema-{number}" for number in range(5)]
    for name in names:
        schemas.create_schema(RegistryName="shop", SchemaName=name, Type="OpenApi3", Content=openapi())
    pages = schemas.get_paginator("list_schemas").paginate(RegistryName="shop", Limit=2)
    assert [[one["SchemaName"] for one in page["Schemas"]] for page in pages] == [names[:2], names[2:4], names[4:]]


def test_a_function_reads_the_registry_if_its_role_may(cloud: LocalCloud, deploy: Deploy, function: Function) -> None:
    code = """
        import boto3
        def handle(event, context):
            schemas = boto3.client("schemas")
            return [one["SchemaName"] for one in schemas.list_schemas(RegistryName="shop")["Schemas"]]
    """
    made = function("Read", code)
    deploy({**resources(), **made})
    lambda_ = cloud.client("lambda")
    assert json.loads(lambda_.invoke(FunctionName="Read")["Payload"].read()) == ["shop.web@OrderPlaced"]

    cloud.enforce = True
    (statement,) = made["ReadRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    statement["Action"] = "schemas:Describe*"
    deploy({**resources(), **made})
    assert "AccessDenied" in lambda_.invoke(FunctionName="Read")["Payload"].read().decode()


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("describe_registry", {"RegistryName": "nobody"}, "NotFoundException"),
        ("create_registry", {"RegistryName": "shop"}, "ConflictException"),
        ("describe_schema", {"RegistryName": "shop", "SchemaName": "nothing"}, "NotFoundException"),
        (
            "create_schema",
            {"RegistryName": "shop", "SchemaName": "bad", "Type": "OpenApi3", "Content": "{no json"},
            "BadRequestException",
        ),
        (
            "create_schema",
            {"RegistryName": "shop", "SchemaName": "bad", "Type": "Avro", "Content": "{}"},
            "BadRequestException",
        ),
        ("list_discoverers", {}, "NotFoundException"),
    ],
)
def test_a_call_that_the_registry_refuses_is_refused_with_its_code(
    cloud: LocalCloud, operation: str, given: Json, code: str
) -> None:
    schemas = cloud.client("schemas")
    schemas.create_registry(RegistryName="shop")
    with pytest.raises(ClientError) as refused:
        getattr(schemas, operation)(**given)
    assert refused.value.response["Error"]["Code"] == code
