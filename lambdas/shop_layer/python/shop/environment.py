"""A function's environment variables as a frozen dataclass, read once, when the function starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self


class MissingEnvironmentError(RuntimeError):
    """A variable that the function needs is not set, or is empty."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The base: a subclass names its variables as fields of type `str`, `RETURNS_TABLE` as `returns_table`."""

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Reads every field from `environ`.

        Raises:
            MissingEnvironmentError: naming every variable that is missing, so that one deployment mends all.
        """
        values = {field.name: environ.get(field.name.upper(), "") for field in fields(cls)}
        missing = [name.upper() for name, value in values.items() if not value]
        if missing:
            raise MissingEnvironmentError(
                f"{cls.__name__} needs the environment variables {', '.join(missing)}, which are not set. "
                "Set them where the function is defined."
            )
        return cls(**values)
