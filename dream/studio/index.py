"""The gallery's index: a SQLite table over the files, which can be thrown away and made anew at any moment."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import (
    Column,
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

VERSION = 1  # raise it when the table changes: an index of another version is made anew

_metadata = MetaData()
_dreams = Table(
    "dreams",
    _metadata,
    Column("id", String, primary_key=True),
    Column("created", DateTime, nullable=False, index=True),
)


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

    def count(self) -> int:
        """How many dreams."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(_dreams)).scalar_one()

    def page(self, offset: int, limit: int) -> list[str]:
        """The ids of some dreams, newest first."""
        newest = select(_dreams.c.id).order_by(_dreams.c.created.desc(), _dreams.c.id.desc())
        with self._engine.connect() as connection:
            return list(connection.execute(newest.offset(offset).limit(limit)).scalars())


def _row(dream: KeptDream) -> dict:
    return {"id": dream.id, "created": dream.created}


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def write_ahead(connection: object, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
