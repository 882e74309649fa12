"""An event type as one class: its fields are the event's detail, and an instance is valid or does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from eventyard.contracts.contract import Contract, contract_of
from eventyard.contracts.wire import detail_text, faults
from eventyard.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef


class EventType(BaseModel):
    """The base of every event type.

    Minimal use::

        class OrderPlaced(EventType, source="shop.web"):
            order_id: str
            total: Annotated[int, Field(ge=0)]

    Keywords of the class:
        source: Who publishes it: one source, or several. A subclass inherits it.
        detail_type: The envelope's `detail-type`; by default the class's name, from version 2 on with the version
            behind it (`OrderPlaced.v2`), so that no rule of the old version hears the new one.
        version: `"1"` by default.

    A publisher is taken at its word: a field that is not declared is refused. A consumer is tolerant: it reads with
    `read`, which ignores what it does not know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    contract: ClassVar[Contract]

    def __init_subclass__(
        cls,
        *,
        source: str | Sequence[str] | None = None,
        detail_type: str | None = None,
        version: str = "1",
    ) -> None:
        """Take the keywords; Pydantic hands them on to the method below."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        source: str | Sequence[str] | None = None,
        detail_type: str | None = None,
        version: str = "1",
        **_: Any,  # noqa: ANN401  # Pydantic's own signature
    ) -> None:
        """Make the contract, now that the fields are known, and hold each field to one name on the wire."""
        inherited = getattr(cls, "contract", None)
        made = contract_of(cls.__name__, inherited, source=source, detail_type=detail_type, version=version)
        if made is not None:
            cls.contract = made
        for name, field in cls.model_fields.items():
            if field.validation_alias != field.alias or field.serialization_alias != field.alias:
                raise ContractError(
                    "a field has one name on the wire, whether it is read or written.",
                    where=f"{cls.__name__}.{name}",
                    remedy=f'Give it one alias: Field(alias="{name}").',
                )

    @classmethod
    def read(cls, envelope: str | bytes | Mapping[str, Any]) -> Event[Self]:
        """The event in an envelope, as a rule hands it over; fields that are not declared are ignored.

        Args:
            envelope: The full envelope (`source`, `detail-type`, `detail`, ...), as JSON text or parsed.

        Raises:
            ContractError: It is no event of this type; `where` is the first field that is wrong. Values are not told:
                customers' data stays out of the log.
        """
        form = Event[cls]  # type: ignore[valid-type]  # a class at run time: Pydantic makes one model of each
        try:
            if isinstance(envelope, str | bytes):
                return form.model_validate_json(envelope)
            return form.model_validate(envelope)
        except ValidationError as error:
            where, said = faults(error)
            raise ContractError(f"this is no {cls.__name__}: {said}", where=where) from None

    def detail_json(self) -> str:
        """The event's detail as JSON, as it is published.

        An optional field that is None is left out: to a pattern, null is a value and a missing field is none.

        Raises:
            ContractError: A number is not finite, which JSON cannot say.
        """
        return detail_text(self)

    def entry(
        self, *, bus: str, source: str | None = None, time: datetime | None = None, resources: Sequence[str] = ()
    ) -> PutEventsRequestEntryTypeDef:
        """The event as an entry of PutEvents.

        https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html

        Args:
            bus: The bus's name or ARN.
            source: Which of the type's sources publishes it; may be left out where there is one.
            time: When it happened; EventBridge takes the time of the call otherwise.
            resources: ARNs of what it is about.

        Raises:
            ContractError: The source is not one of the type's.
        """
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": bus,
            "Source": self.contract.source(source),
            "DetailType": self.contract.detail_type,
            "Detail": self.detail_json(),
        }
        if time is not None:
            entry["Time"] = time
        if resources:
            entry["Resources"] = list(resources)
        return entry


Detail = TypeVar("Detail", bound=EventType)


class Event(BaseModel, Generic[Detail]):
    """EventBridge's envelope around an event, as a consumer reads it: `Event[OrderPlaced]` takes that type only.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    """

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    detail_type: Annotated[str, Field(alias="detail-type")]
    time: AwareDatetime
    detail: Detail

    @classmethod
    def _wanted(cls) -> type[EventType] | None:
        wanted = cls.model_fields["detail"].annotation
        return wanted if isinstance(wanted, type) and issubclass(wanted, EventType) else None

    @field_validator("detail_type")
    @classmethod
    def _is_the_type_wanted(cls, detail_type: str) -> str:
        wanted = cls._wanted()
        if wanted is not None and detail_type != wanted.contract.detail_type:
            raise ValueError(f"this reader handles {wanted.contract.detail_type}, not {detail_type}")
        return detail_type

    @field_validator("detail", mode="before")
    @classmethod
    def _without_what_is_not_declared(cls, detail: object) -> object:
        """A producer may add fields without breaking a consumer that does not know them yet."""
        wanted = cls._wanted()
        if wanted is None or not isinstance(detail, dict):
            return detail
        declared = {field.alias or name for name, field in wanted.model_fields.items()}
        return {name: value for name, value in detail.items() if name in declared}
