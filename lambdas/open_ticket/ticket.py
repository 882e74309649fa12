"""What customer service makes of a question."""

import json
from dataclasses import asdict, dataclass

from shop.events import Event, QuestionAsked


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A question that waits for its answer; `order_id` is None when it is about no order."""

    question_id: str
    customer_id: str
    order_id: str | None
    topic: str
    urgency: str
    text: str
    opened_at: str
    status: str = "open"

    def item(self) -> dict[str, str]:
        """As it is kept: without what is not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def notice(self) -> str:
        """What people are told, as JSON: enough to choose by, and the ticket to open."""
        told = ("question_id", "customer_id", "order_id", "topic", "urgency", "text")
        return json.dumps({"kind": "ticket"} | {name: value for name, value in self.item().items() if name in told})


def ticket_for(event: Event[QuestionAsked]) -> Ticket:
    """The ticket of a question, dated by the question, not by the clock."""
    question = event.detail
    return Ticket(
        question_id=question.question_id,
        customer_id=question.customer_id,
        order_id=question.order_id,
        topic=question.topic,
        urgency=question.urgency,
        text=question.text,
        opened_at=event.time.isoformat(),
    )
