"""A request for a render: the immutable part of a job."""

import secrets
from datetime import UTC, datetime

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from dream.gallery.record import new_id
from dream.recipe import StoredPlan


class JobRequest(BaseModel):
    """A request for a render, as it is stored.

    Attributes:
        id: names the job's file.
        owner: the browser, or the person who is logged in.
        address: where the browser is, as :func:`dream.gallery.owners.address` names it; empty with a login.
        recipe: what to render.
        created: time of the request, UTC.
        reserved_id: id that its dream will have in the gallery. As it is chosen before the render starts, a job that is
            restarted is stored once. Called ``keep_as`` in older files.
        private: whether its dream stays out of the gallery: its picture is then in memory only.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=lambda: secrets.token_hex(8))
    owner: str
    address: str = ""
    recipe: StoredPlan
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    reserved_id: str = Field(default_factory=new_id, validation_alias=AliasChoices("reserved_id", "keep_as"))
    private: bool = False
