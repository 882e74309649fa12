"""AWS::Lambda::EventInvokeConfig: a function's asynchronous retries and destinations. moto has none.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.resources._kind import Made

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eventyard.local.resources._kind import Scope

type = "AWS::Lambda::EventInvokeConfig"  # noqa: A001  # CloudFormation's own word
name_property = ""

_NUMBERS = ("MaximumEventAgeInSeconds", "MaximumRetryAttempts")
_DESTINATIONS = frozenset({"sqs", "sns", "lambda", "events"})
known = frozenset({*_NUMBERS, "DestinationConfig", "FunctionName", "Qualifier"})


def create(properties: Mapping[str, Any], scope: Scope) -> Made:
    """PutFunctionEventInvokeConfig."""
    config: dict[str, Any] = {key: int(properties[key]) for key in _NUMBERS if key in properties}
    if "DestinationConfig" in properties:
        config["DestinationConfig"] = properties["DestinationConfig"]
    # moto knows no qualifiers here: $LATEST, the default of CDK, is the function itself.
    scope.client("lambda").put_function_event_invoke_config(FunctionName=properties["FunctionName"], **config)
    return Made(f"{properties['FunctionName']}|{properties.get('Qualifier', '$LATEST')}")


def update(made: Made, old: Mapping[str, Any], new: Mapping[str, Any], scope: Scope) -> Made:
    """The new configuration for the old."""
    delete(made, old, scope)
    return create(new, scope)


def delete(made: Made, properties: Mapping[str, Any], scope: Scope) -> None:  # noqa: ARG001  # a kind's signature
    """DeleteFunctionEventInvokeConfig."""
    scope.client("lambda").delete_function_event_invoke_config(FunctionName=properties["FunctionName"])


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """Records go to queues, topics, functions and buses."""
    for what, destination in properties.get("DestinationConfig", {}).items():
        if (arn := destination.get("Destination", "")) and arn.split(":")[2] not in _DESTINATIONS:
            yield f"its {what} destination {arn} is not emulated: its records are dropped."
