"""ICD-10-CM as the product brings it: the tabular list of April 2026, which the package simple-icd-10-cm carries."""

from __future__ import annotations

from datetime import date
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.icd10cm_tabular import read_tabular
from chartstream.codesets.model import ICD10CM, Release
from chartstream.errors import ConfigurationError

PACKAGE: Final = "simple-icd-10-cm"
# Raise it whenever the entries that the importer makes of a file change, so that stale caches are left behind.
BUILDER: Final = 4
# The April 2026 update replaced the October 2025 one; both bill through 30 September 2026, and what April added is
# left to the validation edits.
RELEASE: Final = Release(ICD10CM, "ICD-10-CM FY2026 (April 2026)", date(2025, 10, 1), date(2026, 9, 30))
_FILE: Final = "icd10c-tabular-April-1-2026.xml"


def table_name() -> str:
    """The cache name of the index, which changes with the package and with this builder."""
    return f"icd10cm-{_package().version}-{BUILDER}"


def build() -> dict[str, bytes]:
    """Every entry of the tabular list as JSON bytes by its code with dots; about three seconds.

    The package itself is never imported: that would parse the list a second time and keep 200 MB of it.
    """
    return dict(read_tabular(_file(), lambda _: None).entries)


def _file() -> Path:
    package = _package()
    for path in package.files or ():
        if path.name == _FILE:
            return Path(str(package.locate_file(path)))
    raise ConfigurationError(
        f"the package {PACKAGE} {package.version} does not carry {_FILE}; install the version of requirements/*.lock"
    )


def _package() -> Distribution:
    try:
        return distribution(PACKAGE)
    except PackageNotFoundError as error:
        raise ConfigurationError(
            f"ICD-10-CM needs the package {PACKAGE}, which is not installed; install chartstream[coding]."
        ) from error
