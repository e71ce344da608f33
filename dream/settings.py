"""Every limit and every path, in one place, each one changeable by an environment variable ``DREAM_<NAME>``."""

from functools import cache
from pathlib import Path

import platformdirs
from dask.utils import parse_bytes
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dream.errors import UserError

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
    networks: Path | None = Field(None, description="a folder of models to offer: .pb, .keras, SavedModel folders")
    looks: Path | None = Field(None, description="a team's own looks, one JSON object a line")
    inception5h: Path | None = Field(None, description="the book's network as a frozen graph, labels beside it")
    inception5h_url: str = Field(
        "https://storage.googleapis.com/download.tensorflow.org/models/inception5h.zip",
        description="where its archive is fetched from; an internal mirror may stand here",
    )
    inception5h_sha256: str = Field(
        "d13569f6a98159de37e92e9c8ec4dae8f674fbf475f69fe6199b514f756d4364",
        pattern="^[0-9a-f]{64}$",
        description="what the archive must hash to",
    )
    download_seconds: float = Field(30, gt=0, description="how long a server may stay silent in a download")
    scheduler: str | None = Field(None, description="an existing Dask scheduler, tcp://host:8786")
    tls_ca: Path | None = Field(None, description="certificate authority of a tls:// scheduler")
    tls_cert: Path | None = Field(None, description="this server's certificate for it")
    tls_key: Path | None = Field(None, description="and its key")
    workers: int = Field(1, ge=1, le=64, description="worker processes started by the server")
    bfloat16: bool = Field(
        False, description="convolutions in bfloat16 where the processor has it: quicker, not exact to the last bit"
    )
    worker_memory: str = Field("auto", description="memory of each: 4GiB, say; above 95 % of it, it is restarted")

    upload_megabytes: int = Field(20, ge=1, description="size of an uploaded picture file")
    upload_megapixels: int = Field(40, ge=1, description="size of an uploaded picture, checked before decoding")
    network_megabytes: int = Field(300, ge=1, description="size of an uploaded graph, and of the weights it declares")
    network_nodes: int = Field(20_000, ge=1, description="nodes of a handed-in graph, its functions included")
    approve_networks: bool = Field(
        False, description="a network that somebody uploads is theirs until an admin approves it"
    )
    network_seconds: float = Field(300, gt=0, description="how long trying a handed-in network may take")
    network_gigabytes: int = Field(16, ge=4, description="address space for trying a handed-in network")
    min_side: int = Field(32, ge=1, description="shortest side of a picture to dream on, in pixels")
    max_side: int = Field(2048, ge=32, description="longest side of a picture in the pages, in pixels")
    largest_side: int = Field(8192, ge=32, description="longest side of any recipe's picture, in pixels")
    max_iterations: int = Field(500, ge=1, description="gradient steps (in each octave, where there are octaves)")
    hosts: frozenset[str] = Field(
        frozenset(), description='more names of this server, as JSON: ["dream.example.org"], or ["*"] for any'
    )
    admins: frozenset[str] = Field(frozenset(), description='e-mail addresses, as JSON: ["anna@example.org"]')
    job_seconds: float = Field(
        600, gt=0, description="how long a dream may be rendered: its picture so far is kept then"
    )
    max_waiting: int = Field(3, ge=0, description="waiting jobs of a browser, or of a person who is logged in")
    max_jobs_address: int = Field(20, ge=1, description="unfinished jobs from one address, without a login")
    max_jobs: int = Field(200, ge=1, description="unfinished jobs of the server")
    open_gallery: bool = Field(False, description="without a login, everybody may delete and rename every dream")

    @model_validator(mode="after")
    def _tls_whole(self) -> "Settings":
        if len({path is None for path in (self.tls_ca, self.tls_cert, self.tls_key)}) > 1:
            raise ValueError("DREAM_TLS_CA, DREAM_TLS_CERT and DREAM_TLS_KEY go together")
        return self

    @field_validator("worker_memory")
    @classmethod
    def _memory(cls, text: str) -> str:
        if text != "auto":
            try:
                parse_bytes(text)
            except ValueError:
                raise ValueError("write a size such as 4GiB") from None
        return text


@cache
def settings() -> Settings:
    """The settings of this process; raises UserError where the environment says what cannot be."""
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        if not problem["loc"]:
            raise UserError(f"{problem['msg'].removeprefix('Value error, ')}.") from None
        name = f"DREAM_{'_'.join(str(part) for part in problem['loc'])}".upper()
        raise UserError(f"The setting {name} cannot be {problem['input']!r}: {problem['msg']}.") from None
