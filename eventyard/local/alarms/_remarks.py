"""What of an alarm has no values here, said when it is deployed: such an alarm keeps INSUFFICIENT_DATA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventyard.errors import EventyardError
from eventyard.local.alarms._data import STATISTICS
from eventyard.local.alarms._expressions import Expression
from eventyard.local.alarms._figures import EMULATED
from eventyard.local.alarms._verdict import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def remarks(properties: Mapping[str, Any]) -> Iterator[str]:
    """For the properties of an AWS::CloudWatch::Alarm. Metrics of one's own have the values that are put."""
    for namespace, name, statistic in _metrics(properties):
        if namespace.startswith("AWS/") and name not in EMULATED.get(namespace, ()):
            yield f"the metric {namespace} {name} has no values here, so that the alarm does not go off."
        if statistic not in STATISTICS:
            yield f"the statistic {statistic} is not computed, so that the alarm does not go off."
    for query in properties.get("Metrics", ()):
        try:
            if "Expression" in query:
                Expression(str(query["Expression"]))
        except EventyardError as error:
            yield f"{error.message.removesuffix('.')}, so that the alarm does not go off."
    if properties.get("ComparisonOperator") not in COMPARISONS:
        yield "anomaly detection is not emulated, so that the alarm does not go off."


def _metrics(properties: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Namespace, name and statistic of each."""
    if "MetricName" in properties:
        statistic = properties.get("Statistic") or properties.get("ExtendedStatistic")
        yield str(properties.get("Namespace")), str(properties["MetricName"]), str(statistic)
    for query in properties.get("Metrics", ()):
        if "MetricStat" in query:
            stat = query["MetricStat"]
            yield str(stat["Metric"].get("Namespace")), str(stat["Metric"].get("MetricName")), str(stat.get("Stat"))
