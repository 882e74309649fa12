"""A function's zip becomes a folder, once."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from eventyard.errors import AssetError


def unpack(zip_bytes: bytes, into: Path) -> Path:
    """Unzip a deployment package into a folder named by its SHA-256 below `into`, and return that folder.

    The same bytes are unzipped once; several processes may do so at the same time.

    Raises:
        AssetError: The bytes are no zip, or one of its names points outside of the folder.
    """
    digest = hashlib.sha256(zip_bytes).hexdigest()
    folder = into / digest
    if folder.is_dir():
        return folder
    into.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{digest[:12]}.", dir=into))
    try:
        _extract(zip_bytes, partial, digest)
        try:
            # In one step, so that nobody ever sees half a folder.
            partial.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _extract(zip_bytes: bytes, folder: Path, digest: str) -> None:
    where = f"zip {digest[:12]}"
    try:
        with zipfile.ZipFile(io.BytesIO(zip_bytes)) as package:
            for name in package.namelist():
                if _escapes(name):
                    raise AssetError(
                        f"the name {name!r} points outside of the function's folder.",
                        where=where,
                        remedy="Build the zip with relative names from the root of the code.",
                    )
            package.extractall(folder)
    except zipfile.BadZipFile as error:
        raise AssetError(
            f"the function's code is no zip: {error}.", where=where, remedy="Build the package again."
        ) from error


def _escapes(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0]
