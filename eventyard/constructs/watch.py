"""Whether events are lost: alarms on all that they flow over, a dashboard, and one alarm that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack, Token, aws_cloudwatch, aws_lambda, aws_pipes, aws_sqs
from constructs import Construct

from eventyard.constructs.alarm_admission import admit_alarms
from eventyard.constructs.watched import Sight, sight_of
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk import aws_sns
    from constructs import IConstruct

# An AlarmRule names a hundred alarms at most, in 10,240 characters:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_CHILDREN = 80
# Of a queue that states none, in seconds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
_RETENTION = 345_600
_WIDTH, _IN_A_ROW = 6, 4


class Watch(Construct):
    """Says on a topic when stacks lose events, or are about to.

    Minimal use, as the last thing in the app: `Watch(self, "Losing", of=[commerce, fanout], alerts=alerts)`.

    Every rule, topic, queue and function in the stacks gets an alarm, in its own stack, unless it has one: on failed
    invocations and notifications, on messages that wait too long, on throttles, on dead letters that could not be
    written. Together with the alarms that are there already (those of dead-letter queues), they are the children of one
    composite alarm a stack, and these of the one that says "the shop is losing events" and tells the topic; it tells it
    again when all is well. The others tell nobody: one outage is one alert.

    Between the stacks there are names known in advance, and no references: each of them can be changed, and deleted, as
    before. A stack that is watched is deployed first; it must not depend on the one that watches.

    Args:
        of: Stacks of the same account and Region. What is added to them afterwards is not seen.
        alerts: The topic; it is made to admit alarms.
        stuck_after: From which age on a message is stuck in a queue that a function or a pipe polls; in one that people
            read, it is half of the queue's retention period.

    `alarm` is the composite alarm, `dashboards` shows the flow and the failures of every edge, one a stack.
    It costs about $0.10 a month for each alarm, $0.50 for each composite alarm, $3 for each dashboard after the third
    (https://aws.amazon.com/cloudwatch/pricing/).

    Raises:
        EventyardError: If a stack is elsewhere: alarms know nothing of another account or Region.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: Sequence[Stack],
        alerts: aws_sns.ITopic,
        stuck_after: Duration | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        here, patience = Stack.of(self), stuck_after or Duration.minutes(15)
        self.dashboards: list[aws_cloudwatch.Dashboard] = []
        composites: list[aws_cloudwatch.CfnCompositeAlarm] = []
        for stack in of:
            self._refuse_elsewhere(stack)
            composites += self._watch(stack, patience)
            if stack is not here:
                here.add_stack_dependency(stack, "its alarms are there before the alarm on them")
        admit_alarms(alerts)
        self.alarm = aws_cloudwatch.CfnCompositeAlarm(
            self,
            "Alarm",
            alarm_description="The shop is losing events, or about to: see which of the alarms is on.",
            alarm_rule=_any([str(composite.alarm_name) for composite in composites]),
            alarm_actions=[alerts.topic_arn],
            ok_actions=[alerts.topic_arn],
        )
        for composite in composites:
            if Stack.of(composite) is here:
                self.alarm.node.add_dependency(composite)

    def _watch(self, stack: Stack, patience: Duration) -> list[aws_cloudwatch.CfnCompositeAlarm]:
        """The alarms of one stack, in the stack; answers the composite ones, whose names are known in advance."""
        place = Construct(stack, f"{self.node.id}Watch")
        sights = list(_sights(stack, patience))
        there = [child for child in stack.node.find_all() if isinstance(child, aws_cloudwatch.CfnAlarm)]
        made = [alarm for path, sight in sights for alarm in _alarms(place, path, sight)]
        alarms = [*there, *made]
        if sights:
            self.dashboards.append(_dashboard(place, stack, sights))
        composites = []
        for number, start in enumerate(range(0, len(alarms), _CHILDREN), start=1):
            some = alarms[start : start + _CHILDREN]
            composite = aws_cloudwatch.CfnCompositeAlarm(
                place,
                f"Any{number}",
                alarm_name=f"{stack.stack_name}-{self.node.id}-{number}",
                alarm_description=f"Stack {stack.stack_name} is losing events, or about to.",
                alarm_rule=_any([alarm.ref for alarm in some]),
            )
            composites.append(composite)
        return composites

    def _refuse_elsewhere(self, stack: Stack) -> None:
        here = Stack.of(self)
        pairs = ((here.account, stack.account), (here.region, stack.region))
        if any(not Token.is_unresolved(mine) and mine != its for mine, its in pairs):
            raise EventyardError(
                f"{stack.stack_name} is in another account or Region, where alarms cannot be seen from here.",
                where=self.node.path,
                remedy="Watch it from a stack beside it.",
            )


def _any(names: Sequence[str]) -> str:
    return " OR ".join(f'ALARM("{name}")' for name in names) if names else "FALSE"


def _sights(stack: Stack, patience: Duration) -> Iterator[tuple[str, Sight]]:
    """Each resource of a stack that events flow over, by its path in the stack."""
    children = stack.node.find_all()
    polled = [stack.resolve(source) for source in map(_polled, children) if source is not None]
    for child in children:
        stuck_after = patience
        if isinstance(child, aws_sqs.CfnQueue) and stack.resolve(child.attr_arn) not in polled:
            # People read it, when they come to it; half of the time until a message is lost is theirs.
            stuck_after = Duration.seconds((child.message_retention_period or _RETENTION) / 2)
        if (sight := sight_of(child, stuck_after)) is not None:
            path = child.node.path.removeprefix(f"{stack.node.path}/").removesuffix("/Resource")
            yield path, sight


def _polled(construct: IConstruct) -> str | None:
    """The ARN of what a function polls, or a pipe that is not stopped until somebody wants what it holds back."""
    if isinstance(construct, aws_lambda.CfnEventSourceMapping):
        return construct.event_source_arn
    if isinstance(construct, aws_pipes.CfnPipe) and construct.desired_state != "STOPPED":
        return construct.source
    return None


def _alarms(place: Construct, path: str, sight: Sight) -> Iterator[aws_cloudwatch.CfnAlarm]:
    for sign in sight.signs:
        alarm = aws_cloudwatch.Alarm(
            place,
            f"{path.replace('/', '')}{sign.name}",
            alarm_description=f"{sign.words} {place.node.scope.node.path if place.node.scope else ''}/{path}.",
            metric=sign.metric,
            threshold=sign.threshold,
            evaluation_periods=1,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        resource = alarm.node.default_child
        if isinstance(resource, aws_cloudwatch.CfnAlarm):
            yield resource


def _dashboard(place: Construct, stack: Stack, sights: Sequence[tuple[str, Sight]]) -> aws_cloudwatch.Dashboard:
    """A graph for each resource: what flows on the left, what fails on the right."""
    graphs = [
        aws_cloudwatch.GraphWidget(
            title=f"{sight.kind} {path}", left=list(sight.flow), right=list(sight.failures), width=_WIDTH
        )
        for path, sight in sights
    ]
    rows = [graphs[start : start + _IN_A_ROW] for start in range(0, len(graphs), _IN_A_ROW)]
    return aws_cloudwatch.Dashboard(
        place, "Dashboard", dashboard_name=f"{stack.stack_name}-{place.node.id}", widgets=[list(row) for row in rows]
    )
