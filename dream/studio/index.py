"""The gallery's index: a SQLite table over the files, which can be thrown away and made anew at any moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
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
from sqlalchemy.exc import DatabaseError

from dream.studio.kept import KeptDream

VERSION = 2  # raise it when the table changes: an index of another version is made anew

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
class Wanted:
    """Which dreams somebody looks for; left as they are, the fields mean all.

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
    """Which dreams there are, newest first, without opening their files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _engine(path)

    def is_sound(self) -> bool:
        """Whether the index exists, is of this version and undamaged."""
        try:
            with self._engine.connect() as connection:
                version = connection.execute(text("PRAGMA user_version")).scalar()
                check = connection.execute(text("PRAGMA quick_check")).scalar()
                return version == VERSION and check == "ok" and inspect(connection).has_table("dreams")
        except DatabaseError:
            return False

    def rebuild(self, dreams: Iterable[KeptDream]) -> int:
        """Makes the index anew from these dreams; returns how many."""
        self._engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        rows = [_row(dream) for dream in dreams]
        with self._engine.begin() as connection:
            _metadata.create_all(connection)
            if rows:
                connection.execute(insert(_dreams), rows)
            connection.execute(text(f"PRAGMA user_version = {VERSION}"))
        return len(rows)

    def add(self, dream: KeptDream) -> None:
        """Adds a dream, or replaces the row of the same id."""
        with self._engine.begin() as connection:
            connection.execute(insert(_dreams).prefix_with("OR REPLACE"), _row(dream))

    def remove(self, dream_id: str) -> None:
        """Forgets a dream."""
        with self._engine.begin() as connection:
            connection.execute(delete(_dreams).where(_dreams.c.id == dream_id))

    def ids(self) -> set[str]:
        """All ids."""
        with self._engine.connect() as connection:
            return set(connection.execute(select(_dreams.c.id)).scalars())

    def count(self, wanted: Wanted) -> int:
        """How many dreams are wanted."""
        with self._engine.connect() as connection:
            return connection.execute(
                select(func.count()).select_from(_dreams).where(*_conditions(wanted))
            ).scalar_one()

    def networks(self) -> list[str]:
        """The networks of all dreams."""
        with self._engine.connect() as connection:
            return sorted(connection.execute(select(_dreams.c.network).distinct()).scalars())

    def page(self, wanted: Wanted, offset: int, limit: int) -> list[str]:
        """The ids of some of the wanted dreams, newest first."""
        order = _dreams.c.created.desc(), _dreams.c.id.desc()
        newest = select(_dreams.c.id).where(*_conditions(wanted)).order_by(*order)
        with self._engine.connect() as connection:
            return list(connection.execute(newest.offset(offset).limit(limit)).scalars())


def _row(dream: KeptDream) -> dict:
    recipe = dream.recipe
    words = [dream.title, dream.note, recipe.title(), recipe.network, recipe.method.kind, dream.id]
    return {
        "id": dream.id,
        "created": dream.created,
        "owner": dream.owner,
        "network": recipe.network,
        "method": recipe.method.kind,
        "star": dream.star,
        "words": " ".join(words).casefold(),
    }


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
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
    def write_ahead(connection: object, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
