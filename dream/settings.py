"""Every limit and every path, in one place, each one changeable by an environment variable ``DREAM_<NAME>``."""

from functools import cache
from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

APP = "dream-explorer"


class Settings(BaseSettings):
    """Limits and paths; read once a process by :func:`settings`."""

    model_config = SettingsConfigDict(env_prefix="DREAM_", frozen=True)

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path(APP, appauthor=False),
        description="dreams that were kept, start pictures, the gallery's index",
    )
    cache: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path(APP, appauthor=False),
        description="what can be made or fetched again: frozen graphs, downloads",
    )
    scheduler: str | None = Field(None, description="an existing Dask scheduler, tcp://host:8786")
    workers: int = Field(1, ge=1, le=64, description="worker processes started by the server")

    upload_megabytes: int = Field(20, ge=1, description="size of an uploaded picture file")
    upload_megapixels: int = Field(40, ge=1, description="size of an uploaded picture, checked before decoding")
    min_side: int = Field(32, ge=1, description="shortest side of a picture to dream on, in pixels")
    max_side: int = Field(2048, ge=32, description="longest side of a picture to dream on, in pixels")
    max_iterations: int = Field(500, ge=1, description="gradient steps (in each octave, where there are octaves)")
    max_waiting: int = Field(3, ge=0, description="waiting jobs a browser session")


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
