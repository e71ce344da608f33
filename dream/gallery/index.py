"""The gallery's index: a SQLite table that can be rebuilt from the gallery's files at any time."""

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DatabaseError, OperationalError

from dream.gallery.record import DreamRecord

log = logging.getLogger(__name__)
VERSION = 3  # raise it when the table changes: an index of another version is made anew

_metadata = MetaData()
_dreams = Table(
    "dreams",
    _metadata,
    Column("id", String, primary_key=True),
    Column("created", DateTime, nullable=False, index=True),
    Column("owner", String, nullable=False),
    Column("network", String, nullable=False),
    Column("method", String, nullable=False),
    Column("star", Boolean, nullable=False),
    Column("words", String, nullable=False),  # everything that is searched, in lower case
)


@dataclass(frozen=True)
class DreamFilter:
    """Conditions that all have to hold; the defaults match every dream.

    Attributes:
        text: words that all must be in title, note, objective, start, method or network.
        starred: only those with a star.
        owner, network, method: only these.
    """

    text: str = ""
    starred: bool = False
    owner: str | None = None
    network: str | None = None
    method: str | None = None


class Index:
    """Lists and filters dreams without opening their files; safe to use from several threads.

    The files are authoritative, so a change that cannot be written (the disk is full, for instance) is no error: it is
    logged, held in memory and written before the next query.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _engine(path)
        self._unwritten: dict[str, DreamRecord | None] = {}  # None: the dream is gone
        self._writing = Lock()

    def is_valid(self) -> bool:
        """Whether the index exists, has this version and is undamaged."""
        try:
            with self._engine.connect() as connection:
                version = connection.execute(text("PRAGMA user_version")).scalar()
                return version == VERSION and _is_whole(connection) and inspect(connection).has_table("dreams")
        except DatabaseError:
            return False

    def rebuild(self, dreams: Iterable[DreamRecord]) -> int:
        """Replaces the index by one of these dreams; returns their number.

        One transaction on the same file, so other processes keep their connections. ``dreams`` is iterated inside the
        transaction: what another process adds or removes meanwhile is written after it.

        Raises:
            OSError, DatabaseError: the disk is full or read-only.
        """
        self._delete_if_damaged()
        with self._writing:
            with self._engine.begin() as connection:
                connection.execute(text("BEGIN IMMEDIATE"))  # or drop and create would be transactions of their own
                _metadata.drop_all(connection)
                _metadata.create_all(connection)
                rows = [_row(dream) for dream in dreams]
                if rows:
                    connection.execute(insert(_dreams), rows)
                connection.execute(text(f"PRAGMA user_version = {VERSION}"))
            self._unwritten.clear()
        return len(rows)

    def add(self, dream: DreamRecord) -> None:
        """Adds a dream, or replaces the row of the same id."""
        self._write({dream.id: dream})

    def remove(self, dream_id: str) -> None:
        """Removes a dream's row."""
        self._write({dream_id: None})

    def ids(self) -> set[str]:
        """The ids of all dreams."""
        with self._engine.connect() as connection:
            return set(connection.execute(select(_dreams.c.id)).scalars())

    def count(self, wanted: DreamFilter) -> int:
        """The number of dreams that match."""
        with self._up_to_date() as connection:
            return connection.execute(
                select(func.count()).select_from(_dreams).where(*_conditions(wanted))
            ).scalar_one()

    def networks(self) -> list[str]:
        """The names of the networks of all dreams, sorted."""
        with self._up_to_date() as connection:
            return sorted(connection.execute(select(_dreams.c.network).distinct()).scalars())

    def count_by_owner(self) -> dict[str, int]:
        """The number of dreams of each owner."""
        counted = select(_dreams.c.owner, func.count().label("dreams")).group_by(_dreams.c.owner)
        with self._up_to_date() as connection:
            return {row.owner: row.dreams for row in connection.execute(counted)}

    def page(self, wanted: DreamFilter, offset: int, limit: int) -> list[str]:
        """The ids of up to ``limit`` matching dreams from ``offset`` on, newest first."""
        order = _dreams.c.created.desc(), _dreams.c.id.desc()
        newest = select(_dreams.c.id).where(*_conditions(wanted)).order_by(*order)
        with self._up_to_date() as connection:
            return list(connection.execute(newest.offset(offset).limit(limit)).scalars())

    def _up_to_date(self) -> Connection:
        if self._unwritten:
            self._write({})
        return self._engine.connect()

    def _write(self, changes: dict[str, DreamRecord | None]) -> None:
        with self._writing:
            self._unwritten |= changes
            try:
                with self._engine.begin() as connection:
                    for dream_id, dream in self._unwritten.items():
                        if dream is None:
                            connection.execute(delete(_dreams).where(_dreams.c.id == dream_id))
                        else:
                            connection.execute(insert(_dreams).prefix_with("OR REPLACE"), _row(dream))
            except DatabaseError as error:
                log.warning("The gallery's index cannot be written now: %s", error.orig)
                return
            self._unwritten.clear()

    def _delete_if_damaged(self) -> None:
        try:
            with self._engine.connect() as connection:
                damaged = not _is_whole(connection)
        except OperationalError:  # full, read-only or locked: not the file's fault
            return
        except DatabaseError:
            damaged = True
        if damaged:
            self._engine.dispose()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)


def _is_whole(connection: Connection) -> bool:
    return connection.execute(text("PRAGMA quick_check")).scalar() == "ok"


def _row(dream: DreamRecord) -> dict:
    recipe = dream.recipe
    words = [dream.title, dream.note, recipe.title(), recipe.base.network, recipe.base.method.kind, dream.id]
    return {
        "id": dream.id,
        "created": dream.created,
        "owner": dream.owner,
        "network": recipe.base.network,
        "method": recipe.base.method.kind,
        "star": dream.star,
        "words": " ".join(words).casefold(),
    }


def _conditions(wanted: DreamFilter) -> list[ColumnElement[bool]]:
    columns = _dreams.c
    conditions = [columns.words.contains(word, autoescape=True) for word in wanted.text.casefold().split()]
    if wanted.starred:
        conditions.append(columns.star)
    for column, value in (
        (columns.owner, wanted.owner),
        (columns.network, wanted.network),
        (columns.method, wanted.method),
    ):
        if value is not None:
            conditions.append(column == value)
    return conditions


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def write_ahead(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
