"""What an event type promises beside its fields: who publishes it, under which name, in which version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Sequence

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
_LONGEST_DETAIL_TYPE = 128


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of an event type.

    Attributes:
        name: The class's name.
        sources: Who publishes it, as the envelope's `source` says it.
        detail_type: The envelope's `detail-type`. Rules select by it, so two versions have two of them.
        version: The version, `"1"` for the first.
    """

    name: str
    sources: tuple[str, ...]
    detail_type: str
    version: str

    def __post_init__(self) -> None:
        """Refuse what PutEvents would refuse of every event of this type."""
        if not self.sources or not all(self.sources):
            raise ContractError("an event type needs a source.", where=self.name, remedy='Say source="shop.web".')
        if reserved := [source for source in self.sources if source.startswith("aws.")]:
            raise ContractError(f'the source "{reserved[0]}" is reserved for AWS.', where=self.name)
        if not self.version.isdecimal():
            raise ContractError(f'the version "{self.version}" is no whole number.', where=self.name)
        if not 0 < len(self.detail_type) <= _LONGEST_DETAIL_TYPE:
            raise ContractError(
                f"a detail type has 1 to {_LONGEST_DETAIL_TYPE} characters, not {len(self.detail_type)}.",
                where=self.name,
            )

    @property
    def title(self) -> str:
        """For messages: `OrderPlaced` in its first version, `OrderPlaced (version 2)` afterwards."""
        return self.name if self.version == "1" else f"{self.name} (version {self.version})"

    def source(self, wanted: str | None) -> str:
        """The source to publish under.

        Raises:
            ContractError: It is not one of the type's, or none is given and there are several.
        """
        if wanted is None and len(self.sources) == 1:
            return self.sources[0]
        if wanted not in self.sources:
            raise ContractError(
                f'{self.title} is not published by "{wanted}".' if wanted else f"{self.title} has several sources.",
                where="source",
                remedy=f"Name one of {', '.join(self.sources)}.",
            )
        return wanted


def contract_of(
    name: str,
    inherited: Contract | None,
    *,
    source: str | Sequence[str] | None,
    detail_type: str | None,
    version: str,
) -> Contract | None:
    """The contract of a class from what is said of it; None where no source is, neither here nor in its base."""
    if source is None and inherited is None:
        return None
    sources = inherited.sources if source is None and inherited else (source,) if isinstance(source, str) else source
    own_name = name if version == "1" else f"{name}.v{version}"
    return Contract(name, tuple(sources or ()), detail_type if detail_type is not None else own_name, version)
