"""The app is run only when its sources changed, whoever asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from eventyard.assembly import synthesize
from eventyard.errors import SynthError

if TYPE_CHECKING:
    from pathlib import Path

# An app without CDK: it counts its runs, and writes what a synthesis writes.
APP = """
import os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
(out / "manifest.json").write_text('{"artifacts": {}}')
runs = pathlib.Path("runs.log")
runs.write_text((runs.read_text() if runs.exists() else "") + "run\\n")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    watch = {"include": ["app.py", "stacks/**"], "exclude": ["**/*.md"]}
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "python3 app.py", "watch": watch}))
    (tmp_path / "stacks").mkdir()
    return tmp_path


def runs(project: Path) -> int:
    return len((project / "runs.log").read_text().splitlines())


def test_unchanged_sources_are_never_synthesized_twice(project: Path) -> None:
    assert synthesize(project) == synthesize(project) == project / "cdk.out"

    assert runs(project) == 1


@pytest.mark.parametrize("changed", ["app.py", "stacks/bus.py", "stacks/deep/topic.py"])
def test_a_changed_source_is_synthesized_again(project: Path, changed: str) -> None:
    synthesize(project)
    file = project / changed
    file.parent.mkdir(exist_ok=True)
    file.write_text(APP + "# changed\n")

    synthesize(project)

    assert runs(project) == 2


@pytest.mark.parametrize("other", ["README.md", "stacks/notes.md", "tests/test_it.py", "stacks/__pycache__/bus.pyc"])
def test_what_is_no_source_changes_nothing(project: Path, other: str) -> None:
    synthesize(project)
    file = project / other
    file.parent.mkdir(exist_ok=True)
    file.write_text("changed")

    synthesize(project)

    assert runs(project) == 1


def test_several_processes_that_ask_at_once_share_one_synthesis(project: Path) -> None:
    program = f"from eventyard.assembly import synthesize; synthesize({str(project)!r})"
    asking = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]

    assert [process.wait() for process in asking] == [0, 0, 0, 0]
    assert runs(project) == 1


def test_an_app_that_fails_is_reported_with_what_it_said_and_tried_again(project: Path) -> None:
    (project / "app.py").write_text("raise SystemExit('no such stack')")

    for _ in range(2):
        with pytest.raises(SynthError, match=r"(?s)`python3 app\.py` ended with exit code 1\..*no such stack"):
            synthesize(project)


def test_a_folder_without_an_app_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SynthError, match=r"there is no cdk\.json here"):
        synthesize(tmp_path)

    (tmp_path / "cdk.json").write_text("{}")
    with pytest.raises(SynthError, match="it names no app"):
        synthesize(tmp_path)


def test_an_app_is_run_without_what_leads_to_aws(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a shell that could call AWS, when the app is run, then it could not: no credentials, and nobody to call."""
    (project / "app.py").write_text(f"{APP}\nimport json\n(out / 'seen.json').write_text(json.dumps(dict(os.environ)))")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_ENDPOINT_URL_SQS"):
        monkeypatch.setenv(name, "the developer's")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    seen = json.loads((synthesize(project) / "seen.json").read_text())

    assert {name: value for name, value in seen.items() if name.startswith("AWS_")} == {
        "AWS_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
