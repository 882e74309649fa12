"""What an alarm does when its state changes: it tells topics, and invokes functions.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.local import _envelopes, targets
from eventyard.local._hand_over import HandOver
from eventyard.local._retries import Schedule
from eventyard.local._yard import Parcel, Undeliverable
from eventyard.local.ledger import Edge, Event, Fate
from eventyard.local.moto_seam import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventyard.local._hand_over import GivenUp
    from eventyard.local._yard import Yard
    from eventyard.local.ledger import Delivery

# Who asks: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html and
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
_SERVICES = {"sns": "cloudwatch.amazonaws.com", "lambda": "lambda.alarms.cloudwatch.amazonaws.com"}
# Whether CloudWatch tries an action again is not documented; the alarm's history tells of one that failed.
_ONCE = Schedule((), 0, float("inf"))


def perform(yard: Yard, alarm: str, actions: tuple[str, ...], change: Mapping[str, Any]) -> None:
    """An alarm (an ARN) changed its state: hand this over to each of its actions for the new one."""
    if not actions:
        return
    notice = _envelopes.compact(yard.state.alarm_notice(alarm, change))
    event_id, now = yard.new_id(), yard.clock.now()
    state, name = change["state"]["value"], change["alarmName"]
    yard.ledger.record(Event(event_id, "alarm", alarm, f"{state} of alarm {name}", notice, now))
    for target in actions:
        edge = Edge(f"alarm→{targets.service_of(target)}", alarm, target)
        action = _Action(yard, yard.ledger.begin(event_id, edge), change, notice)
        yard.agenda.soon(HandOver(yard, action.delivery, _ONCE, action.deliver, action.give_up).attempt)


@dataclass(frozen=True, slots=True)
class _Action:
    """One action of one change."""

    yard: Yard
    delivery: Delivery
    change: Mapping[str, Any]
    notice: str

    def deliver(self) -> bool:
        """Authorize and deliver; False when the function ends the delivery later."""
        yard, edge = self.yard, self.delivery.edge
        kind = targets.find(edge.target, yard)
        service = _SERVICES.get(edge.kind.removeprefix("alarm→"))
        if service is None:
            raise Undeliverable("NOT_EMULATED", f"alarms tell topics and functions, not {edge.target}.")
        yard.permit(self.delivery, yard.authority.send(service=service, source=edge.source, target=edge.target))
        if service == _SERVICES["lambda"]:
            return kind.deliver(Parcel(self.delivery, _envelopes.compact(self._invocation())), yard)
        yard.topics.pass_on(self.delivery, edge.target, self.notice, subject=self._subject())
        return True

    def give_up(self, given_up: GivenUp) -> None:
        """Nobody keeps it: alarms have no dead-letter queue."""
        failure = given_up.failure
        self.yard.ledger.end(self.delivery.number, Fate.DROPPED, failure.code, failure.reason)

    def _subject(self) -> str:
        """As CloudWatch's own ones, with the Region's name in place of its title."""
        arn = Arn.parse(self.delivery.edge.source)
        return f'{self.change["state"]["value"]}: "{self.change["alarmName"]}" in {arn.region}'[:100]

    def _invocation(self) -> dict[str, Any]:
        arn = Arn.parse(self.delivery.edge.source)
        return {
            "source": "aws.cloudwatch",
            "alarmArn": self.delivery.edge.source,
            "accountId": arn.account,
            "time": self.change["state"]["timestamp"],
            "region": arn.region,
            "alarmData": dict(self.change),
        }
