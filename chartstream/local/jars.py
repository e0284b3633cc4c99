"""The broker's jars: resolved once by Maven from the pinned pom, checked against jars.lock, kept in the cache."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from chartstream.errors import ConfigurationError
from chartstream.home import cache_home

_PACKAGED = Path(__file__).parent / "kafka"
_IN_CLONE = Path(__file__).parents[2] / "deploy" / "kafka"
# Where most systems keep their trusted certificates, a site's own among them; requests looks only into its own.
_SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def kafka_folder() -> Path:
    """The folder of pom.xml, jars.lock and log4j2.yaml: inside the wheel, or deploy/kafka of a clone."""
    return _PACKAGED if _PACKAGED.exists() else _IN_CLONE


def kafka_version() -> str:
    """The Apache Kafka version that jars.lock pins."""
    return next(path.parts[-2] for path in locked_jars() if path.parts[-3] == "kafka_2.13")


def locked_jars() -> dict[Path, str]:
    """Every jar of the lock: its path in a Maven repository's layout, and its SHA-256."""
    lines = (kafka_folder() / "jars.lock").read_text().splitlines()
    return {Path(path): digest for digest, path in (line.split() for line in lines)}


def class_path() -> str:
    """The class path of the broker, of jars from the cache, which is filled first where it is not.

    Filling takes ``mvn``, with the machine's ordinary settings, or else the Python package jgo. Raises
    ``ConfigurationError`` when there is neither, when the download fails, and when a jar is not the locked one.
    """
    folder = cache_home() / "kafka" / kafka_version()
    jars = [folder / path for path in locked_jars()]
    if not all(jar.exists() for jar in jars):
        _fill(folder)
    return os.pathsep.join(map(str, jars))


def _fill(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as temporary:
        fetched = Path(temporary) / "jars"
        if shutil.which("mvn"):
            _fetch_with_maven(fetched)
        elif importlib.util.find_spec("jgo"):
            _fetch_with_jgo(fetched)
        else:
            raise ConfigurationError(
                "Kafka's jars: neither mvn nor the Python package jgo is there to fetch them; "
                "apt-get install maven, or pip install jgo"
            )
        _verify(fetched)
        shutil.rmtree(folder, ignore_errors=True)
        fetched.rename(folder)


def _fetch_with_maven(target: Path) -> None:
    _run(
        "mvn",
        *("-q", "-B", "-f", str(kafka_folder() / "pom.xml"), "dependency:copy-dependencies"),
        *("-DincludeScope=runtime", "-Dmdep.useRepositoryLayout=true", f"-DoutputDirectory={target}"),
    )


def _fetch_with_jgo(target: Path) -> None:
    _run(sys.executable, "-m", "chartstream.local.jgo_fetch", str(target), *map(str, locked_jars()))


def _run(program: str, *arguments: str) -> None:
    environment = dict(os.environ)
    if _SYSTEM_CERTIFICATES.exists():
        environment.setdefault("REQUESTS_CA_BUNDLE", str(_SYSTEM_CERTIFICATES))
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip().splitlines()
        reason = next((line for line in output if "ERROR" in line), output[-1] if output else "no output")
        raise ConfigurationError(
            f"Kafka's jars: {'Maven' if program == 'mvn' else 'jgo'} could not fetch them ({reason[:300]}); "
            "check the network and the settings of Maven (settings.xml: mirrors, proxies), then try again"
        )


def _verify(folder: Path) -> None:
    found = {p.relative_to(folder): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*.jar")}
    for path, digest in locked_jars().items():
        if found.get(path) != digest:
            raise ConfigurationError(
                f"{path.name}: what was fetched is not what {kafka_folder() / 'jars.lock'} records; "
                "empty Maven's local repository of it and try again, or renew the lock if the pom was changed"
            )
