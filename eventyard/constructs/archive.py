"""An archive of a bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Names, aws_events, aws_iam
from constructs import Construct

from eventyard.constructs.callers import EVENTS, arn_of_bus, name_of
from eventyard.constructs.checked import check_fields, check_pattern, keep_nulls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_kms

_LONGEST_NAME = 48
_YEAR = Duration.days(365)


class Archive(Construct):
    """A bus's events, kept to be replayed.

    Minimal use: `Archive(self, "History", bus=commerce)`.

    A replay sends them to the archive's own bus again, to all its rules or to some that it names, such as that of a
    consumer that is new (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html).

    Args:
        bus: The bus, ours or native, in this account and Region.
        pattern: Which of its events; all of them without one. Checked now, except for tokens.
        retention: For how long, in days; `Duration.days(0)` is for ever.
        name: The archive's name; by default one made of the construct's path.
        key: A key of your own that encrypts the archive, the bus's own say; EventBridge is admitted to it. The archive
            of aws-cdk-lib refers to the bus in the key's policy, which closes a circle with a bus of the same key.
        archive_props: Anything else that `aws_events.CfnArchive` takes.

    `archive` is the native `CfnArchive`.

    Raises:
        PatternError: If AWS would refuse the pattern, or it names what none of the bus's `events` has.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus: aws_events.IEventBus,
        pattern: Mapping[str, Any] | None = None,
        retention: Duration = _YEAR,
        name: str | None = None,
        key: aws_kms.IKey | None = None,
        **archive_props: Any,  # noqa: ANN401 (aws-cdk-lib's own properties)
    ) -> None:
        super().__init__(scope, construct_id)
        if pattern is not None:
            check_pattern(self, pattern)
            check_fields(self, pattern, getattr(bus, "events", ()))
        safe: dict[str, Any] = {
            "source_arn": bus.event_bus_arn,
            "archive_name": name or Names.unique_resource_name(self, max_length=_LONGEST_NAME),
            "retention_days": retention.to_days(),
            "event_pattern": pattern,
            "kms_key_identifier": key.key_arn if key else None,
        }
        self.archive = aws_events.CfnArchive(self, "Resource", **(safe | archive_props))
        keep_nulls(self.archive, "EventPattern", pattern)
        if key is not None:
            self._admit(bus, key)

    def _admit(self, bus: aws_events.IEventBus, key: aws_kms.IKey) -> None:
        """The key policy of https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html.

        No source conditions: AWS shows none there, and whether they are known is not said.
        """
        name = name_of(bus)
        itself = arn_of_bus(bus, name) if name else bus.event_bus_arn
        key.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid=f"Archive{self.node.addr[-8:]}",
                principals=[aws_iam.ServicePrincipal(EVENTS)],
                actions=["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncrypt*"],
                resources=["*"],  # in a key policy: this key
                conditions={"StringEquals": {"kms:EncryptionContext:aws:events:event-bus:arn": itself}},
            )
        )
        key.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="ArchivesDescribe",
                principals=[aws_iam.ServicePrincipal(EVENTS)],
                actions=["kms:DescribeKey"],
                resources=["*"],
            )
        )
