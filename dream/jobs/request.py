"""What somebody asked for: the part of a job that never changes."""

import secrets
from datetime import UTC, datetime

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from dream.gallery.record import new_id
from dream.recipe import StoredPlan


class JobRequest(BaseModel):
    """A request for a render, as it is written down.

    Attributes:
        id: names the job's file.
        owner: the browser session, or the person who is logged in.
        recipe: what to make.
        created: when it was asked for, UTC.
        reserved_id: id of the dream that it will be in the gallery, decided before it starts: kept once, however often
            it has to be started again. Files of old call it ``keep_as``.
        private: whether it stays off the gallery: its picture is then only in memory, and no file of it is left.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=lambda: secrets.token_hex(8))
    owner: str
    recipe: StoredPlan
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    reserved_id: str = Field(default_factory=new_id, validation_alias=AliasChoices("reserved_id", "keep_as"))
    private: bool = False
