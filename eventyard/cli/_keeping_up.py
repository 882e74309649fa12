"""What `eventyard up` deploys, and deploys again when somebody changed it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from eventyard.assembly import sources, synthesize
from eventyard.errors import EventyardError
from eventyard.local import Code

if TYPE_CHECKING:
    from rich.console import Console

    from eventyard.local import ServedCloud


@dataclass(frozen=True, slots=True)
class App:
    """A CDK app: its project's folder and, if it is not the one of cdk.json, the command that it is."""

    project: Path
    command: str = ""
    assembly: Path | None = None

    @classmethod
    def of(cls, app: str, assembly: Path | None) -> App:
        """As the options say: a folder, or else a command, as the CDK CLI takes both."""
        return cls(Path(app), "", assembly) if Path(app).is_dir() else cls(Path(), app, assembly)

    def synthesized(self) -> Path:
        """Its assembly."""
        return self.assembly or synthesize(self.project, app=self.command)

    def files(self) -> dict[str, str]:
        """What it is made from, and something that changes with each file."""
        if self.assembly is None:
            return sources(self.project)
        folder = self.assembly if self.assembly.is_dir() else self.assembly.parent
        found = sorted(folder.glob("*.json")) if self.assembly.is_dir() else [self.assembly]
        return {file.name: str(file.stat().st_mtime_ns) for file in found}


class KeepingUp:
    """An app in a served cloud: deployed, and deployed again."""

    def __init__(self, app: App, console: Console) -> None:
        self._app = app
        self._console = console
        self._files: dict[str, str] = {}
        self._code: Code | None = None

    def deploy(self, cloud: ServedCloud) -> None:
        """Synthesize if sources changed, and deploy; what fails of it is said, and the rest stands."""
        self._files = self._app.files()
        with self._console.status("Synthesizing with CDK (only when sources changed)"):
            assembly = self._app.synthesized()
        if self._app.assembly is None:
            self._code = Code(assembly, self._app.project.resolve())
        try:
            cloud.deploy(assembly)
        except EventyardError as error:
            self._console.print(f"[red]Deployed in part:[/] {escape(str(error))}", highlight=False)

    def look(self, cloud: ServedCloud) -> None:
        """Deploy what changed since the last time; a mistake in it is said, and mended by the next change."""
        try:
            files = self._app.files()
            changed = {name for name in files.keys() | self._files.keys() if files.get(name) != self._files.get(name)}
            if not changed:
                return
            began = time.monotonic()
            self._files = files
            what = self._changed(cloud, changed)
            self._console.print(f"{what} in {time.monotonic() - began:.1f} s.", highlight=False)
        except (EventyardError, OSError) as error:
            self._console.print(f"[red]Not deployed:[/] {escape(str(error))}", highlight=False)

    def _changed(self, cloud: ServedCloud, changed: set[str]) -> str:
        if self._code is not None:
            project = self._app.project.resolve()
            if swapped := self._code.swap([project / name for name in changed], cloud.client):
                return f"New code for {', '.join(swapped)}"
        self.deploy(cloud)
        return f"Deployed again for {', '.join(sorted(changed))}"
