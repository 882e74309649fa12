"""AWS::SecretsManager::Secret. moto has it only in its API.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made, changed, tags, tags_gone, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::SecretsManager::Secret"  # noqa: A001  # CloudFormation's own word
name_property = "Name"

_TEXTS = ("Description", "KmsKeyId")
known = frozenset({*_TEXTS, "GenerateSecretString", "Name", "SecretString", "Tags"})
_LONGEST_NAME = 512
_SWITCHES = (
    "ExcludeLowercase",
    "ExcludeNumbers",
    "ExcludePunctuation",
    "ExcludeUppercase",
    "IncludeSpace",
    "RequireEachIncludedType",
)


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """CreateSecret, with the text given or one that is made up."""
    arn = scope.client("secretsmanager").create_secret(
        Name=scope.fit(_LONGEST_NAME),
        SecretString=_text(properties, scope),
        Tags=[{"Key": key, "Value": value} for key, value in tags(properties).items()],
        **{name: properties[name] for name in _TEXTS if name in properties},
    )["ARN"]
    return Made(arn, {"Id": arn})


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """UpdateSecret; the text stays unless the template's changes. Another name is another secret."""
    if changed(old, new, "Name"):
        delete(made, old, scope)
        return create(new, scope)
    client = scope.client("secretsmanager")
    text = {"SecretString": _text(new, scope)} if changed(old, new, "SecretString", "GenerateSecretString") else {}
    client.update_secret(SecretId=made.id, **text, **{name: new[name] for name in _TEXTS if name in new})
    if untagged := tags_gone(old, new):
        client.untag_resource(SecretId=made.id, TagKeys=untagged)
    if tags(new):
        client.tag_resource(SecretId=made.id, Tags=[{"Key": key, "Value": one} for key, one in tags(new).items()])
    return made


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteSecret, for good: CloudFormation leaves no time to recover it."""
    scope.client("secretsmanager").delete_secret(SecretId=made.id, ForceDeleteWithoutRecovery=True)


def _text(properties: Mapping[str, Any], scope: Scope) -> str:
    wanted = properties.get("GenerateSecretString")
    if wanted is None:
        return str(properties.get("SecretString", ""))
    given: dict[str, Any] = {name: true(wanted[name]) for name in _SWITCHES if name in wanted}
    given |= {"PasswordLength": int(wanted["PasswordLength"])} if "PasswordLength" in wanted else {}
    given |= {"ExcludeCharacters": wanted["ExcludeCharacters"]} if "ExcludeCharacters" in wanted else {}
    made = str(scope.client("secretsmanager").get_random_password(**given)["RandomPassword"])
    if "GenerateStringKey" not in wanted:
        return made
    return json.dumps({**json.loads(wanted.get("SecretStringTemplate", "{}")), wanted["GenerateStringKey"]: made})
