"""docs/cli.md says what the commands say, and names all that `--json` holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eventyard.cli._looking import Served
from tests.cli.document import DOCUMENT, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventyard.local import ServedCloud


def test_the_document_is_what_the_commands_help_makes_of_it() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m tests.cli.document"


def test_every_name_in_the_json_is_documented(cloud: ServedCloud, event_id: str) -> None:
    served = Served(cloud.endpoint)
    answers = [served.get("status"), served.get("story", event_id), served.get("tail", last=100, attempts=1)]
    documented = set(re.findall(r"`(\w+)`", DOCUMENT.read_text(encoding="utf-8")))

    assert {name for answer in answers for name in names(answer)} - documented == set()


def names(found: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """The names in it, but those that are accounts."""
    if isinstance(found, dict):
        yield from (name for name in found if not name.isdigit())
    for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from names(inner)
