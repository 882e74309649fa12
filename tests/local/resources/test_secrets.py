"""Secrets, and the dynamic references that read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from eventyard.errors import DeployError

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Function, Json

SECRET: Json = {
    "Type": "AWS::SecretsManager::Secret",
    "Properties": {
        "Name": "partner",
        "GenerateSecretString": {
            "SecretStringTemplate": '{"user": "shop"}',
            "GenerateStringKey": "password",
            "PasswordLength": 20,
            "ExcludePunctuation": "true",
        },
    },
}
READ = "import os\ndef handle(event, context): return dict(os.environ)"


def secret(cloud: LocalCloud) -> Json:
    text = cloud.client("secretsmanager").get_secret_value(SecretId="partner")["SecretString"]
    found: Json = json.loads(text)
    return found


def variable(cloud: LocalCloud) -> str:
    environment = cloud.client("lambda").get_function_configuration(FunctionName="Read")["Environment"]
    return str(environment["Variables"]["TOLD"])


def test_a_generated_secret_is_made_once_and_stays(cloud: LocalCloud, deploy: Deploy) -> None:
    assert deploy({"Partner": SECRET}) == ()
    made = secret(cloud)
    assert (made["user"], len(made["password"]), made["password"].isalnum()) == ("shop", 20, True)

    described = {**SECRET, "Properties": {**SECRET["Properties"], "Description": "Of the partner"}}
    deploy({"Partner": described})
    assert secret(cloud) == made
    assert cloud.client("secretsmanager").describe_secret(SecretId="partner")["Description"] == "Of the partner"


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ({"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Partner"}, ":SecretString:user::}}"]]}, "shop"),
        ("as {{resolve:secretsmanager:partner:SecretString:user}}!", "as shop!"),
        ("{{resolve:ssm:/shop/name}}", "samovars"),
        ("{{resolve:ssm-secure:/shop/word:1}}", "whistle"),
    ],
)
def test_a_dynamic_reference_is_what_it_names(
    cloud: LocalCloud, deploy: Deploy, function: Function, reference: object, told: str
) -> None:
    cloud.client("ssm").put_parameter(Name="/shop/name", Value="samovars", Type="String")
    cloud.client("ssm").put_parameter(Name="/shop/word", Value="whistle", Type="SecureString")
    deploy({"Partner": SECRET})
    deploy({"Partner": SECRET, **function("Read", READ, Environment={"Variables": {"TOLD": reference}})})
    assert variable(cloud) == told


def test_a_secret_that_changes_reaches_a_resource_with_its_next_change(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    deploy({"Partner": SECRET})
    told = {"Variables": {"TOLD": "{{resolve:secretsmanager:partner:SecretString:user}}"}}
    whole = {"Partner": SECRET, **function("Read", READ, Environment=told)}
    deploy(whole)

    cloud.client("secretsmanager").put_secret_value(SecretId="partner", SecretString='{"user": "store"}')
    deploy(whole)
    assert variable(cloud) == "shop"
    whole["Read"]["Properties"]["Timeout"] = 20
    deploy(whole)
    assert variable(cloud) == "store"


@pytest.mark.parametrize(
    ("name", "why"),
    [("nobody:SecretString:user", "can't find the specified secret"), ("partner:SecretString:key", "has no 'key'")],
)
def test_a_reference_to_nothing_fails_the_resource_by_name(
    deploy: Deploy, function: Function, name: str, why: str
) -> None:
    deploy({"Partner": SECRET})
    told = {"Variables": {"TOLD": f"{{{{resolve:secretsmanager:{name}}}}}"}}
    with pytest.raises(DeployError, match=why) as refused:
        deploy({"Partner": SECRET, **function("Read", READ, Environment=told)})
    assert refused.value.logical_id == "Read"
