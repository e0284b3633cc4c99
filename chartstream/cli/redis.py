"""``chartstream redis``: a Redis on this machine, unless CHARTSTREAM_REDIS_URL points to one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from chartstream.home import state_home
from chartstream.local.redis import LocalRedis

app = typer.Typer(help="A local Redis, for a laptop, a demonstration and tests.", no_args_is_help=True)


def local_redis_home() -> Path:
    """The folder of the local Redis that these commands start and stop."""
    return state_home() / "redis"


@app.command()
def up(port: Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1.")] = 6379) -> None:
    """Start it and wait until it answers. Does nothing where it runs."""
    if os.environ.get("CHARTSTREAM_REDIS_URL"):
        typer.echo("CHARTSTREAM_REDIS_URL is set: no local Redis is needed, none was started.")
        return
    redis = LocalRedis(local_redis_home(), port)
    redis.start()
    typer.echo(f"Redis on {redis.url}; data and log in {redis.home}")
    if redis.url != "redis://127.0.0.1:6379/0":
        typer.echo(f"export CHARTSTREAM_REDIS_URL={redis.url}")


@app.command()
def down() -> None:
    """Stop it. What it held stays."""
    redis = LocalRedis.at(local_redis_home())
    if redis is None:
        typer.echo("No local Redis was started here.")
        return
    redis.stop()
    typer.echo(f"Redis is stopped; its data stays in {redis.home}")


@app.command()
def status() -> None:
    """Whether it runs, and where. Exit status 1 if it does not."""
    redis = LocalRedis.at(local_redis_home())
    if redis is None or not redis.is_running():
        typer.echo("Redis is not running; start it with `chartstream redis up`")
        raise typer.Exit(1)
    typer.echo(f"Redis runs on {redis.url}; data and log in {redis.home}")
