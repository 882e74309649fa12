"""How API destinations prove who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack, aws_events

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import Construct

# AuthParameters of AWS::Events::Connection that nobody may read in a template, as aws-cdk-lib spells them.
_SECRET = frozenset({"apiKeyValue", "clientSecret", "password"})


class Connection(aws_events.Connection):
    """The authorization of API destinations: an API key, a user's password, or OAuth's client credentials.

    Minimal use::

        Connection(self, "Partner", authorization=aws_events.Authorization.api_key(
            "X-Api-Key", secret.secret_value_from_json("api_key")))

    Args:
        authorization: `aws_events.Authorization.api_key`, `basic` or `oauth`.
        props: Anything else that `aws_events.Connection` takes.

    EventBridge keeps what is secret in a secret of its own
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html). It takes the value when
    the stack is deployed: a secret that changes later reaches the connection with the next change of the connection.

    Raises:
        EventyardError: If a secret would stand in the template in plain text.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        authorization: aws_events.Authorization,
        **props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id, authorization=authorization, **props)
        resource = self.node.find_child("Connection")
        assert isinstance(resource, aws_events.CfnConnection)  # noqa: S101 (for mypy: jsii gives a plain construct)
        for parameters in (resource.auth_parameters, resource.invocation_connectivity_parameters):
            for name in _in_plain_text(Stack.of(self).resolve(parameters)):
                raise EventyardError(
                    f"{name} would stand in the template, for everybody to read.",
                    where=self.node.path,
                    remedy="Keep it in Secrets Manager: secret.secret_value_from_json(...), or SecretValue."
                    "secrets_manager(...).",
                )


def _in_plain_text(value: object) -> Iterator[str]:
    """The names of secrets whose value is neither a reference nor a dynamic reference."""
    if isinstance(value, list):
        for one in value:
            yield from _in_plain_text(one)
    if not isinstance(value, dict):
        return
    secret = _SECRET | ({"value"} if value.get("isValueSecret") else set())
    for name, one in value.items():
        if name in secret and isinstance(one, str) and not one.startswith("{{resolve:"):
            yield str(value.get("key", name))
        yield from _in_plain_text(one)
