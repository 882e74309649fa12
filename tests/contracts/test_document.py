"""The examples of docs/contracts.md, one after the other: each prints what stands below it."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

TEXT = (Path(__file__).parents[2] / "docs" / "contracts.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_every_example_prints_what_stands_below_it(tmp_path: Path) -> None:
    names: dict[str, Any] = {"folder": tmp_path, "__name__": "docs.contracts"}
    examples = EXAMPLE.findall(TEXT)
    assert len(examples) == TEXT.count("```python")

    for code, expected in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)  # noqa: S102  # the document's own example

        assert printed.getvalue() == expected
