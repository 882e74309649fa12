"""Dynamic references: what CloudFormation reads out of Secrets Manager and Parameter Store when it makes a resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET = re.compile(
    r"\{\{resolve:secretsmanager:"
    r"(?P<secret>arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[^:}]+|[^:}]+)"
    r"(?::(?P<what>[^:}]*)(?::(?P<key>[^:}]*)(?::(?P<stage>[^:}]*)(?::(?P<version>[^:}]*))?)?)?)?\}\}"
)
_PARAMETER = re.compile(r"\{\{resolve:(?P<kind>ssm|ssm-secure):(?P<name>[\w./-]+(?::\d+)?)\}\}", re.ASCII)


def resolved(value: Any, client: Callable[[str], Any]) -> Any:  # noqa: ANN401  # any JSON
    """A value with its dynamic references replaced by what they name now.

    Args:
        value: A resource's properties, or a part of them.
        client: A client of a service, of the stack's account and Region.

    Raises:
        EventyardError: a secret has no such key, or is no JSON object.
        botocore.exceptions.ClientError: there is no such secret or parameter.
    """
    if isinstance(value, dict):
        return {name: resolved(one, client) for name, one in value.items()}
    if isinstance(value, list):
        return [resolved(one, client) for one in value]
    if not isinstance(value, str) or "{{resolve:" not in value:
        return value
    return _PARAMETER.sub(partial(_parameter, client), _SECRET.sub(partial(_secret, client), value))


def _secret(client: Callable[[str], Any], found: re.Match[str]) -> str:
    named = {"VersionStage": found["stage"], "VersionId": found["version"]}
    answer = client("secretsmanager").get_secret_value(
        SecretId=found["secret"], **{name: one for name, one in named.items() if one}
    )
    text, key = str(answer["SecretString"]), found["key"]
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise EventyardError(
            f"the secret has no {key!r}.",
            where=found["secret"],
            remedy="A secret that is read by key is a JSON object with that key.",
        ) from None


def _parameter(client: Callable[[str], Any], found: re.Match[str]) -> str:
    answer = client("ssm").get_parameter(Name=found["name"], WithDecryption=found["kind"] == "ssm-secure")
    return str(answer["Parameter"]["Value"])
