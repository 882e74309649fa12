"""DynamoDB: tables and their indexes; batches and transactions ask for every table in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.local.authority.actions._wanted import ANY, Wanted, arn_of

if TYPE_CHECKING:
    from eventyard.local.moto_seam import ApiCall, MotoState

prefix = "dynamodb"

# What each part of a transaction asks for:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
_PARTS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
_STATEMENTS = {
    "DELETE": "PartiQLDelete",
    "INSERT": "PartiQLInsert",
    "SELECT": "PartiQLSelect",
    "UPDATE": "PartiQLUpdate",
}


def wanted(call: ApiCall, state: MotoState) -> list[Wanted]:  # noqa: ARG001  # a service's signature
    """The action on each table, or on the index, that the call names; of PartiQL only the action is known."""
    given, operation = call.parameters, call.operation
    if operation in {"TransactWriteItems", "TransactGetItems"}:
        parts = [part for item in given.get("TransactItems") or () for part in item.items()]
        return _once(Wanted(f"dynamodb:{_PARTS.get(kind, kind)}", _table(call, part)) for kind, part in parts)
    if operation in {"BatchGetItem", "BatchWriteItem"}:
        tables = given.get("RequestItems") or {}
        return [Wanted(f"dynamodb:{operation}", _table(call, {"TableName": name})) for name in tables]
    if operation in {"BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction"}:
        statements = given.get("Statements") or given.get("TransactStatements") or [given]
        verbs = [str(each.get("Statement", "")).lstrip()[:6].upper() for each in statements]
        return _once(Wanted(f"dynamodb:{_STATEMENTS.get(verb, 'PartiQLSelect')}", ANY) for verb in verbs)
    return [Wanted(f"dynamodb:{operation}", _table(call, given))]


def _table(call: ApiCall, given: Any) -> str:  # noqa: ANN401  # a request's own members
    for name in ("StreamArn", "ResourceArn", "TableArn", "BackupArn"):
        if given.get(name):
            return str(given[name])
    name = str(given.get("TableName") or "*")
    table = name if name.startswith("arn:") else arn_of(call, f"table/{name}")
    return f"{table}/index/{given['IndexName']}" if given.get("IndexName") else table


def _once(wants: Any) -> list[Wanted]:  # noqa: ANN401  # an iterable of Wanted
    return list({(want.action, want.resource): want for want in wants}.values())
