"""The README's own examples: the stack deploys, and its test passes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def python_blocks(file: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / file).read_text(), flags=re.DOTALL)


@pytest.mark.xdist_group("cdk")
def test_the_route_of_the_readme_deploys_and_its_tests_pass(tmp_path: Path) -> None:
    """Given the shop with the README's stack in it, when the README's tests run, then they pass."""
    stack, *tests = python_blocks("README.md")
    for name in ("stacks", "lambdas"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "cdk.json", tmp_path)
    (tmp_path / "stacks" / "large_orders.py").write_text(stack)
    app = (ROOT / "app.py").read_text()
    line = re.search(r"`(LargeOrders\(app.*?\))`", (ROOT / "README.md").read_text())
    assert line is not None
    app = app.replace("\napp.synth()", f"\n{line[1]}\n\napp.synth()")
    app = app.replace("\nSHOP =", "from stacks.large_orders import LargeOrders\n\nSHOP =", 1)
    (tmp_path / "app.py").write_text(app)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_large_orders.py").write_text("\n".join(tests))

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_every_folder_and_file_that_the_documents_link_to_is_there() -> None:
    for document in ("README.md", "CONTRIBUTING.md", "docs/fidelity.md", "docs/uses.md", "docs/cli.md"):
        folder = (ROOT / document).parent
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / document).read_text())
        missing = [link for link in links if not (folder / link).exists()]
        assert missing == [], document


def test_every_stack_of_the_app_has_its_use() -> None:
    uses = (ROOT / "docs" / "uses.md").read_text()
    stacks = re.findall(r"^from stacks\.(\w+) import", (ROOT / "app.py").read_text(), flags=re.MULTILINE)

    # What all of them stand on is no use of its own.
    assert [name for name in stacks if f"stacks/{name}.py" not in uses and name != "shop_records"] == []
